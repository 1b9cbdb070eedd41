using Ssl.Learner.Seeding;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Learner.Replay;

/// <summary>
/// Heard audio on disk, bounded, each segment once, across restarts and crashes. One thread appends, flushes and evicts; any thread reads.
/// A segment is durable, and seen by readers, after <see cref="Flush"/>.
/// </summary>
sealed class ReplayStore : IDisposable
{
    const long MaxChunkBytes = 16 << 20;

    readonly string folder;
    readonly ReplayOptions options;
    readonly TimeProvider clock;
    readonly FileStream ownership;
    readonly EvictedKeys evicted;
    readonly long chunkBytes;
    readonly Lock gate = new();
    readonly SortedDictionary<long, ReplayChunk> chunks = [];
    readonly HashSet<ulong> keys = [];
    readonly Dictionary<int, long> nextOffsets = [];
    readonly List<StoredSegment> unflushed = [];
    ReplayChunk? active;
    long newestChunk;
    ReplayCatalogue catalogue = ReplayCatalogue.Empty;

    /// <summary>Opens or creates the store of a folder, cutting off what a crash left half written.</summary>
    /// <exception cref="IOException">Another process has it open, or the disk fails.</exception>
    public ReplayStore(string folder, ReplayOptions options, TimeProvider clock)
    {
        this.folder = folder;
        this.options = options;
        this.clock = clock;
        chunkBytes = Math.Clamp(options.CapacityBytes / 32, 1 << 20, MaxChunkBytes);
        Directory.CreateDirectory(folder);
        ownership = new FileStream(Path.Combine(folder, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        evicted = new EvictedKeys(Path.Combine(folder, "evicted.keys"));
        OpenChunks();
        EvictExpired();
    }

    /// <summary>Bytes that opening cut off the last chunk: a torn append, or damage.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>Bytes on disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>The durable segments at this moment.</summary>
    public ReplayCatalogue Catalogue => Volatile.Read(ref catalogue);

    /// <summary>For each partition of <c>audio.segments</c>, the offset after the newest one stored.</summary>
    public IReadOnlyDictionary<int, long> NextOffsets()
    {
        lock (gate)
            return new Dictionary<int, long>(nextOffsets);
    }

    /// <summary>Takes a segment in; nothing of it counts before the next <see cref="Flush"/>.</summary>
    public AppendResult Append(AudioSegment segment, int partition, long offset)
    {
        if (segment.Pcm.Length is 0 or > RecordHeader.MaxPcmBytes || segment.Pcm.Length % AudioFormat.BytesPerSample != 0)
            return AppendResult.Unusable;
        var header = RecordHeader.For(segment, partition, offset, clock.GetUtcNow());
        if (keys.Contains(header.Key) || evicted.Contains(header.Key))
            return AppendResult.Duplicate;
        var recordBytes = header.TotalBytes + segment.Pcm.Length;
        MakeRoom(recordBytes);
        if (active is null || active.Length > 0 && active.Length + recordBytes > chunkBytes || RetentionNeedsNewChunk())
            StartChunk();
        var record = active!.Append(header, segment.Pcm);
        keys.Add(record.Key);
        unflushed.Add(record.Segment);
        Bytes += recordBytes;
        return AppendResult.Stored;
    }

    /// <summary>Puts what was appended on the disk and shows it to readers.</summary>
    public void Flush()
    {
        if (unflushed.Count == 0)
            return;
        active!.Flush();
        var withAdded = Catalogue.With(unflushed);
        lock (gate)
        {
            // All of them are in this chunk: a new one begins with a flush.
            foreach (var record in active.Records.Skip(active.Records.Count - unflushed.Count))
                Advance(record);
            Volatile.Write(ref catalogue, withAdded);
        }
        unflushed.Clear();
    }

    /// <summary>Copies samples of a segment; false where it has been evicted since the catalogue was taken.</summary>
    public bool TryRead(StoredSegment segment, int firstSample, Span<short> samples)
    {
        lock (gate)
        {
            if (!chunks.TryGetValue(segment.Chunk, out var chunk))
                return false;
            chunk.Read(segment, firstSample, samples);
            return true;
        }
    }

    /// <summary>Deletes what is older than the retention.</summary>
    public void EvictExpired()
    {
        if (options.Retention is not { } retention)
            return;
        var limit = clock.GetUtcNow() - retention;
        foreach (var chunk in chunks.Values.Where(c => c.Records.Count > 0 && c.Records[0].StoredAt < limit).ToList())
            Evict(chunk);
    }

    public void Dispose()
    {
        lock (gate)
            foreach (var chunk in chunks.Values)
                chunk.Dispose();
        ownership.Dispose();
    }

    void OpenChunks()
    {
        var paths = Directory.EnumerateFiles(folder).Where(p => ReplayChunk.NumberOf(p) is not null).OrderBy(ReplayChunk.NumberOf).ToList();
        foreach (var path in paths)
        {
            // Every chunk but the last was flushed before the next was begun.
            var chunk = ReplayChunk.Open(path, checkSamples: path == paths[^1], out var bytesCut);
            RepairedBytes += bytesCut;
            chunks.Add(chunk.Number, chunk);
            active = chunk;
            newestChunk = chunk.Number;
            Bytes += chunk.Length;
            foreach (var record in chunk.Records)
            {
                keys.Add(record.Key);
                Advance(record);
            }
        }
        catalogue = ReplayCatalogue.Empty.With(chunks.Values.SelectMany(c => c.Records).Select(r => r.Segment));
    }

    void StartChunk()
    {
        Flush();
        var chunk = ReplayChunk.Create(folder, ++newestChunk);
        DurableFolder.Flush(folder);
        lock (gate)
            chunks.Add(chunk.Number, chunk);
        active = chunk;
    }

    /// <summary>A chunk goes as a whole when its first record is too old: short chunks lose little before its time.</summary>
    bool RetentionNeedsNewChunk() =>
        options.Retention is { } retention && active!.Records.Count > 0 && clock.GetUtcNow() - active.Records[0].StoredAt > retention / 10;

    void MakeRoom(long recordBytes)
    {
        while (Bytes + recordBytes > options.CapacityBytes && chunks.Values.Where(c => c != active).ToList() is { Count: > 0 } full)
            Evict(full[options.Eviction == Eviction.Oldest ? 0 : RandomOfOlderHalf(full.Count)]);
    }

    int RandomOfOlderHalf(int count) => new SeededRandom(0, active!.Number, RandomPurpose.Eviction).Next((count + 1) / 2);

    void Evict(ReplayChunk chunk)
    {
        if (chunk == active)
            Flush();
        evicted.Add(chunk.Records.Select(r => r.Key));
        foreach (var record in chunk.Records)
            keys.Remove(record.Key);
        var without = Catalogue.WithoutChunk(chunk.Number);
        lock (gate)
        {
            chunks.Remove(chunk.Number);
            Volatile.Write(ref catalogue, without);
            chunk.Delete();
        }
        DurableFolder.Flush(folder);
        Bytes -= chunk.Length;
        if (chunk == active)
            active = null;
    }

    void Advance(ReplayRecord record) =>
        nextOffsets[record.Partition] = Math.Max(nextOffsets.GetValueOrDefault(record.Partition), record.Offset + 1);
}
