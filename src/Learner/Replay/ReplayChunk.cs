using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ssl.Learner.Replay;

/// <summary>
/// One append-only file of the store: records of header and samples. The headers are the index. Reads may run beside an append;
/// appends, flush and deletion are the store's, one at a time.
/// </summary>
sealed class ReplayChunk : IDisposable
{
    const string Prefix = "chunk-";
    const string Suffix = ".pcm";

    readonly SafeFileHandle file;
    readonly List<ReplayRecord> records = [];

    ReplayChunk(long number, string path, SafeFileHandle file)
    {
        Number = number;
        Path = path;
        this.file = file;
    }

    public long Number { get; }

    public string Path { get; }

    /// <summary>Bytes of whole records.</summary>
    public long Length { get; private set; }

    public IReadOnlyList<ReplayRecord> Records => records;

    /// <summary>Number of a chunk file, or null for any other file.</summary>
    public static long? NumberOf(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan()[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : null;
    }

    public static ReplayChunk Create(string folder, long number)
    {
        var path = System.IO.Path.Combine(folder, $"{Prefix}{number:D8}{Suffix}");
        return new ReplayChunk(number, path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));
    }

    /// <summary>Opens a chunk and cuts off what a crash left half written.</summary>
    /// <param name="checkSamples">Also check the samples' checksums: needed where the last append may not have reached the disk.</param>
    /// <param name="bytesCut">Bytes that were cut off.</param>
    public static ReplayChunk Open(string path, bool checkSamples, out long bytesCut)
    {
        var opened = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var chunk = new ReplayChunk(NumberOf(path)!.Value, path, opened);
        var fileLength = RandomAccess.GetLength(chunk.file);
        while (chunk.TryReadRecord(fileLength, checkSamples, out var header))
            chunk.Add(header);
        bytesCut = fileLength - chunk.Length;
        if (bytesCut > 0)
        {
            RandomAccess.SetLength(chunk.file, chunk.Length);
            RandomAccess.FlushToDisk(chunk.file);
        }
        return chunk;
    }

    /// <summary>Writes a record at the end; it is durable after <see cref="Flush"/>.</summary>
    public ReplayRecord Append(RecordHeader header, ReadOnlyMemory<byte> pcm)
    {
        RandomAccess.Write(file, [header.ToBytes(), pcm], Length);
        return Add(header);
    }

    public void Flush() => RandomAccess.FlushToDisk(file);

    /// <summary>Fills <paramref name="samples"/> from a segment of this chunk.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter than it was: someone else cut it.</exception>
    public void Read(StoredSegment segment, int firstSample, Span<short> samples)
    {
        var bytes = MemoryMarshal.AsBytes(samples);
        var at = segment.PcmStart + (long)firstSample * sizeof(short);
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
                throw new EndOfStreamException($"{Path} ends before byte {at}");
            bytes = bytes[read..];
            at += read;
        }
    }

    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    public void Dispose() => file.Dispose();

    ReplayRecord Add(RecordHeader header)
    {
        var segment = new StoredSegment(Number, Length + header.TotalBytes, header.PcmBytes / sizeof(short));
        var record = new ReplayRecord(segment, header.Key, header.Partition, header.Offset, header.StoredAt);
        records.Add(record);
        Length = segment.PcmStart + header.PcmBytes;
        return record;
    }

    bool TryReadRecord(long fileLength, bool checkSamples, out RecordHeader header)
    {
        header = null!;
        Span<byte> fixedPart = stackalloc byte[RecordHeader.FixedBytes];
        if (RandomAccess.Read(file, fixedPart, Length) < RecordHeader.FixedBytes
            || RecordHeader.LengthOf(fixedPart) is var headerBytes && headerBytes == 0)
            return false;
        var bytes = new byte[headerBytes];
        if (RandomAccess.Read(file, bytes, Length) < headerBytes || !RecordHeader.TryRead(bytes, out var found)
            || Length + headerBytes + found.PcmBytes > fileLength)
            return false;
        header = found;
        return !checkSamples || SamplesAreWhole(found);
    }

    bool SamplesAreWhole(RecordHeader header)
    {
        var samples = new short[header.PcmBytes / sizeof(short)];
        Read(new StoredSegment(Number, Length + header.TotalBytes, samples.Length), 0, samples);
        return Crc32C.Of(MemoryMarshal.AsBytes(samples.AsSpan())) == header.PcmChecksum;
    }
}
