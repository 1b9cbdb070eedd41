using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Replay;

/// <summary>Header of a segment in a chunk: <see cref="Layout"/>, then segment id and stream id in UTF-8.</summary>
/// <param name="Offset">Offset of the segment's message in its partition of <c>audio.segments</c>.</param>
/// <param name="StoredAt">Retention counts from here.</param>
sealed record RecordHeader(
    string SegmentId, string StreamId, int PcmBytes, uint PcmChecksum, int Partition, long Offset, DateTimeOffset StoredAt)
{
    /// <summary>Bytes before the names: the size of <see cref="Layout"/>.</summary>
    public const int FixedBytes = 40;

    /// <summary>More than any segment has (20 s are 640 kB); a larger value is damage.</summary>
    public const int MaxPcmBytes = 16 << 20;

    const uint Magic = 0x31474553; // "SEG1"
    const int ChecksumAt = 4;
    const int ChecksummedFrom = 8;

    /// <summary>
    /// Hash of the segment's id and content; equal keys are the same audio. The content is included because an embedded broker counts its
    /// offsets from zero at every start and so gives old ids to new audio.
    /// </summary>
    public ulong Key => MemoryMarshal.Read<ulong>(
        SHA256.HashData([.. BitConverter.GetBytes(PcmBytes), .. BitConverter.GetBytes(PcmChecksum), .. Encoding.UTF8.GetBytes(SegmentId)]));

    public int TotalBytes => FixedBytes + Encoding.UTF8.GetByteCount(SegmentId) + Encoding.UTF8.GetByteCount(StreamId);

    public static RecordHeader For(AudioSegment segment, int partition, long offset, DateTimeOffset now) =>
        new(
            segment.Id, segment.StreamId, segment.Pcm.Length, Crc32C.Of(segment.Pcm.Span), partition, offset,
            DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()));

    public byte[] ToBytes()
    {
        var bytes = new byte[TotalBytes];
        var idBytes = Encoding.UTF8.GetBytes(SegmentId, bytes.AsSpan(FixedBytes));
        var streamBytes = Encoding.UTF8.GetBytes(StreamId, bytes.AsSpan(FixedBytes + idBytes));
        var layout = new Layout(
            Magic, 0, PcmChecksum, PcmBytes, checked((ushort)idBytes), checked((ushort)streamBytes), Partition, Offset,
            StoredAt.ToUnixTimeMilliseconds());
        MemoryMarshal.Write(bytes, layout);
        MemoryMarshal.Write(bytes.AsSpan(ChecksumAt), Crc32C.Of(bytes.AsSpan(ChecksummedFrom)));
        return bytes;
    }

    /// <summary>Bytes of the whole header according to its fixed part; 0 if this is not a header.</summary>
    public static int LengthOf(ReadOnlySpan<byte> fixedPart) =>
        MemoryMarshal.TryRead<Layout>(fixedPart, out var layout) && layout.Magic == Magic
            ? FixedBytes + layout.IdBytes + layout.StreamBytes : 0;

    /// <summary>Reads what <see cref="ToBytes"/> wrote; false if it is incomplete or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RecordHeader? header)
    {
        header = null;
        if (bytes.Length < FixedBytes || LengthOf(bytes) != bytes.Length)
            return false;
        var layout = MemoryMarshal.Read<Layout>(bytes);
        if (layout.Checksum != Crc32C.Of(bytes[ChecksummedFrom..]) || layout.PcmBytes is <= 0 or > MaxPcmBytes
            || layout.PcmBytes % AudioFormat.BytesPerSample != 0)
            return false;
        header = new RecordHeader(
            Encoding.UTF8.GetString(bytes.Slice(FixedBytes, layout.IdBytes)),
            Encoding.UTF8.GetString(bytes[(FixedBytes + layout.IdBytes)..]),
            layout.PcmBytes, layout.PcmChecksum, layout.Partition, layout.Offset,
            DateTimeOffset.FromUnixTimeMilliseconds(layout.StoredAtMilliseconds));
        return true;
    }

    /// <summary>The fixed part as on disk: little-endian, like all processors that TorchSharp supports.</summary>
    /// <param name="Checksum">Of everything after it.</param>
    /// <param name="StoredAtMilliseconds">Since 1970.</param>
    [StructLayout(LayoutKind.Sequential)]
    readonly record struct Layout(
        uint Magic, uint Checksum, uint PcmChecksum, int PcmBytes, ushort IdBytes, ushort StreamBytes, int Partition, long Offset,
        long StoredAtMilliseconds);
}
