using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ssl.Learner.Replay;

/// <summary>
/// One append-only file of the store: records of header and samples; the headers are the index. A read may run during an append; the store
/// makes one append, flush or deletion at a time.
/// </summary>
sealed class ReplayChunk : IDisposable
{
    /// <summary>Search pattern of chunk files.</summary>
    public const string Pattern = $"{Prefix}*{Suffix}";

    const string Prefix = "chunk-";
    const string Suffix = ".pcm";

    readonly SafeFileHandle file;
    readonly List<StoredSegment> segments = [];

    ReplayChunk(long number, string path, SafeFileHandle file)
    {
        (Number, Path, this.file) = (number, path, file);
    }

    public long Number { get; }
    public string Path { get; }

    /// <summary>Bytes of whole records.</summary>
    public long Length { get; private set; }

    public IReadOnlyList<StoredSegment> Segments => segments;

    /// <summary>Number of a file that matches <see cref="Pattern"/>; null if another program made it.</summary>
    public static long? NumberOf(string path) =>
        long.TryParse(
            System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number : null;

    public static ReplayChunk Create(string folder, long number)
    {
        var path = System.IO.Path.Combine(folder, $"{Prefix}{number:D8}{Suffix}");
        return new ReplayChunk(number, path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));
    }

    /// <summary>Opens a chunk and cuts off an incomplete record after a crash.</summary>
    /// <param name="checkSamples">Also check the samples' checksums: needed if the last append may not have reached the disk.</param>
    /// <param name="bytesCut">Bytes that were cut off.</param>
    public static ReplayChunk Open(string path, bool checkSamples, out long bytesCut)
    {
        var opened = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var chunk = new ReplayChunk(NumberOf(path)!.Value, path, opened);
        var fileLength = RandomAccess.GetLength(chunk.file);
        while (chunk.ReadHeader(fileLength, checkSamples) is { } header)
            chunk.Add(header);
        bytesCut = fileLength - chunk.Length;
        if (bytesCut > 0)
        {
            RandomAccess.SetLength(chunk.file, chunk.Length);
            RandomAccess.FlushToDisk(chunk.file);
        }
        return chunk;
    }

    /// <summary>Appends a record; it is durable after <see cref="Flush"/>.</summary>
    public StoredSegment Append(RecordHeader header, ReadOnlyMemory<byte> pcm)
    {
        RandomAccess.Write(file, [header.ToBytes(), pcm], Length);
        return Add(header);
    }

    public void Flush() => RandomAccess.FlushToDisk(file);

    /// <summary>Fills <paramref name="samples"/> from a segment of this chunk.</summary>
    /// <exception cref="EndOfStreamException">Another program has shortened the file.</exception>
    public void Read(StoredSegment segment, int firstSample, Span<short> samples) =>
        ReadSamples(segment.PcmStart + (long)firstSample * sizeof(short), samples);

    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    public void Dispose() => file.Dispose();

    StoredSegment Add(RecordHeader header)
    {
        var (start, samples) = (Length + header.TotalBytes, header.PcmBytes / sizeof(short));
        var segment = new StoredSegment(Number, start, samples, header.Key, header.Partition, header.Offset, header.StoredAt);
        segments.Add(segment);
        Length = start + header.PcmBytes;
        return segment;
    }

    /// <summary>Header of the record at <see cref="Length"/>; null if the record is incomplete or damaged.</summary>
    RecordHeader? ReadHeader(long fileLength, bool checkSamples)
    {
        Span<byte> fixedPart = stackalloc byte[RecordHeader.FixedBytes];
        var read = RandomAccess.Read(file, fixedPart, Length);
        var bytes = new byte[RecordHeader.LengthOf(fixedPart[..read])];
        return RandomAccess.Read(file, bytes, Length) == bytes.Length && RecordHeader.TryRead(bytes, out var header)
            && Length + bytes.Length + header.PcmBytes <= fileLength && (!checkSamples || HasSamples(header)) ? header : null;
    }

    bool HasSamples(RecordHeader header)
    {
        var samples = new short[header.PcmBytes / sizeof(short)];
        ReadSamples(Length + header.TotalBytes, samples);
        return Crc32C.Of(MemoryMarshal.AsBytes(samples.AsSpan())) == header.PcmChecksum;
    }

    void ReadSamples(long at, Span<short> samples)
    {
        for (var bytes = MemoryMarshal.AsBytes(samples); !bytes.IsEmpty;)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
                throw new EndOfStreamException($"{Path} ends before byte {at}");
            bytes = bytes[read..];
            at += read;
        }
    }
}
