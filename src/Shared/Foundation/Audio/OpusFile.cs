using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio.Containers;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// One Ogg Opus stream of one or two channels (RFC 7845), by libopus at 16 kHz. libsndfile decodes it through libopus' multistream decoder,
/// which asks the processor for its features (CPUID) several times a packet: in a virtual machine that is half of all CPU time.
/// Not thread-safe.
/// </summary>
sealed unsafe partial class OpusFile : ISampleReader
{
    internal const string Library = "libopus.so.0";
    const int GranulesPerSample = 48_000 / AudioFormat.SampleRateHz; // positions count at 48 kHz
    const int HeadBytes = 19;
    const int MaxPacketFrames = AudioFormat.SampleRateHz * 120 / 1000;
    const int FullSegment = 255;

    static readonly bool IsInstalled = NativeLibrary.TryLoad(Library, out _);

    readonly ReadOnlyMemory<byte> file;
    readonly nint decoder;
    readonly float[] decoded;
    readonly List<byte> packet = []; // what of it is read
    OggPage? page;
    int nextPage;
    int nextSegment; // of the page
    int nextByte; // of the page's body
    int skip; // frames before the audio
    int given; // frames of those that are decoded
    int ready;
    long lastGranule;
    long pageFrames; // decoded of packets that end in this page

    OpusFile(ReadOnlyMemory<byte> file, OggPage first, nint decoder)
    {
        var head = first.Body(file.Span);
        (this.file, this.decoder, nextPage) = (file, decoder, first.Bytes);
        (Channels, skip) = (head[9], BinaryPrimitives.ReadUInt16LittleEndian(head[10..]) / GranulesPerSample);
        Frames = Math.Max(0, (LastGranule(file.Span, first.Serial) / GranulesPerSample) - skip);
        decoded = new float[MaxPacketFrames * Channels];
        for (var packets = 0; packets < 1 && NextPage();)
            packets += SkipPackets(); // the tags
    }

    public int RateHz => AudioFormat.SampleRateHz;
    public int Channels { get; }
    public long Frames { get; }
    public string Problem { get; private set; } = "";

    /// <summary>Null: no Opus, more channels, a gain in its header, or no libopus; libsndfile may read it.</summary>
    public static OpusFile? TryOpen(ReadOnlyMemory<byte> file)
    {
        if (OggPage.Read(file.Span, 0) is not { IsWhole: true } first || first.Body(file.Span) is not { Length: >= HeadBytes } head
            || !head.StartsWith("OpusHead"u8) || head[8] >> 4 != 0 || head[9] is not (1 or 2) || head[18] != 0
            || BinaryPrimitives.ReadInt16LittleEndian(head[16..]) != 0 || !IsInstalled)
            return null;
        var decoder = Create(AudioFormat.SampleRateHz, head[9], out var error);
        return error == 0 ? new OpusFile(file, first, decoder) : null;
    }

    public int Read(Span<float> interleaved)
    {
        var frames = 0;
        while (frames * Channels < interleaved.Length)
        {
            if (given == ready && !DecodeNext())
                break;
            var count = Math.Min(ready - given, interleaved.Length / Channels - frames);
            decoded.AsSpan(given * Channels, count * Channels).CopyTo(interleaved[(frames * Channels)..]);
            (given, frames) = (given + count, frames + count);
        }
        return frames;
    }

    public void Dispose() => Destroy(decoder);

    /// <summary>Decodes the next packet with audio; false at the end, or at one that is damaged.</summary>
    bool DecodeNext()
    {
        (given, ready) = (0, 0);
        while (given == ready)
        {
            if (Problem.Length > 0 || NextPacket() is not { } bytes)
                return false;
            int frames;
            fixed (byte* source = bytes)
            fixed (float* target = decoded)
                frames = Decode(decoder, source, bytes.Length, target, MaxPacketFrames, 0);
            if (frames < 0)
            {
                Problem = $"libopus: {Marshal.PtrToStringUTF8(ErrorText(frames))}";
                return false;
            }
            (given, skip) = (Math.Min(skip, frames), skip - Math.Min(skip, frames));
            ready = Math.Max(given, Trimmed(frames));
            pageFrames += frames;
        }
        return true;
    }

    /// <summary>The last page's position says where in its packets the audio ends (RFC 7845, section 4.4).</summary>
    int Trimmed(int frames)
    {
        if (page is not { IsLast: true, Granule: >= 0 } || lastGranule < 0)
            return frames;
        var left = (page.Granule - lastGranule) / GranulesPerSample - pageFrames;
        return (int)Math.Clamp(left, 0, frames);
    }

    /// <summary>A packet may go on over pages.</summary>
    byte[]? NextPacket()
    {
        while (true)
        {
            if (page is null || nextSegment == page.Lacing.Length)
            {
                if (!NextPage())
                    return null;
                if (page!.IsContinued && packet.Count == 0)
                    SkipPackets(max: 1); // its beginning is missing
                continue;
            }
            var size = page.Lacing[nextSegment++];
            packet.AddRange(page.Body(file.Span).Slice(nextByte, size));
            nextByte += size;
            if (size == FullSegment)
                continue;
            byte[] whole = [.. packet];
            packet.Clear();
            if (whole.Length > 0)
                return whole;
        }
    }

    bool NextPage()
    {
        if (nextPage >= file.Length || OggPage.Read(file.Span, nextPage) is not { } next)
            return false;
        if (page is not null)
            lastGranule = page.Granule >= 0 ? page.Granule : lastGranule;
        if (page?.Granule != -1)
            pageFrames = 0;
        if (page is not null && next.Sequence != page.Sequence + 1)
            packet.Clear(); // its end is missing
        (page, nextPage, nextSegment, nextByte) = (next, nextPage + next.Bytes, 0, 0);
        if (!next.IsContinued)
            packet.Clear();
        return true;
    }

    /// <summary>Passes over packets that end in this page and returns their number.</summary>
    int SkipPackets(int max = int.MaxValue)
    {
        var packets = 0;
        while (packets < max && nextSegment < page!.Lacing.Length)
        {
            nextByte += page.Lacing[nextSegment];
            packets += page.Lacing[nextSegment++] < FullSegment ? 1 : 0;
        }
        return packets;
    }

    static long LastGranule(ReadOnlySpan<byte> file, int serial)
    {
        const int maxPageBytes = 65_307;
        var min = Math.Max(0, file.Length - 2 * maxPageBytes);
        for (var at = file.LastIndexOf("OggS\0"u8); at >= min; at = file[..at].LastIndexOf("OggS\0"u8))
        {
            if (OggPage.Read(file, at) is { Granule: > 0 } last && last.Serial == serial)
                return last.Granule;
        }
        return 0;
    }

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    private static partial nint Create(int rateHz, int channels, out int error);
    [LibraryImport(Library, EntryPoint = "opus_decode_float")]
    private static partial int Decode(nint decoder, byte* packet, int bytes, float* frames, int maxFrames, int useFec);
    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    private static partial void Destroy(nint decoder);
    [LibraryImport(Library, EntryPoint = "opus_strerror")]
    private static partial nint ErrorText(int error);
}
