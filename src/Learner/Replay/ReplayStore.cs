using Ssl.Learner.Seeding;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Learner.Replay;

/// <summary>
/// Bounded store of audio on disk, each segment once, across restarts and crashes. One thread appends, flushes and evicts; any thread
/// reads. A segment is durable, and visible to readers, after <see cref="Flush"/>.
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

    /// <summary>Opens or creates the store of a folder and cuts off an incomplete record after a crash.</summary>
    /// <exception cref="IOException">Another process has it open, or the disk fails.</exception>
    public ReplayStore(string folder, ReplayOptions options, TimeProvider clock)
    {
        (this.folder, this.options, this.clock) = (folder, options, clock);
        chunkBytes = Math.Clamp(options.CapacityBytes / 32, 1 << 20, MaxChunkBytes);
        Directory.CreateDirectory(folder);
        ownership = new FileStream(Path.Combine(folder, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        evicted = new EvictedKeys(Path.Combine(folder, "evicted.keys"));
        OpenChunks();
        EvictExpired();
    }

    /// <summary>Bytes cut off at opening: an incomplete append or damage.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>Bytes on disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>The durable segments at this moment.</summary>
    public ReplayCatalogue Catalogue => Volatile.Read(ref catalogue);

    /// <summary>For each partition of <c>audio.segments</c>, the offset after the last one stored.</summary>
    public IReadOnlyDictionary<int, long> NextOffsets()
    {
        lock (gate)
            return new Dictionary<int, long>(nextOffsets);
    }

    /// <summary>Appends a segment; it is durable and visible after the next <see cref="Flush"/>.</summary>
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
        unflushed.Add(active!.Append(header, segment.Pcm));
        keys.Add(header.Key);
        Bytes += recordBytes;
        return AppendResult.Stored;
    }

    /// <summary>Makes the appended segments durable and visible to readers.</summary>
    public void Flush()
    {
        if (unflushed.Count == 0)
            return;
        active!.Flush();
        var withAdded = Catalogue.With(unflushed);
        lock (gate)
        {
            unflushed.ForEach(Advance);
            Volatile.Write(ref catalogue, withAdded);
        }
        unflushed.Clear();
    }

    /// <summary>Copies samples of a segment; false if it was evicted after the catalogue was read.</summary>
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
        foreach (var chunk in chunks.Values.Where(c => c.Segments is [var first, ..] && first.StoredAt < limit).ToList())
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
        var files = Directory.EnumerateFiles(folder, ReplayChunk.Pattern);
        string[] paths = [.. files.Where(p => ReplayChunk.NumberOf(p) is not null).OrderBy(ReplayChunk.NumberOf)];
        foreach (var path in paths)
        {
            // Every chunk but the last was flushed before the next was started.
            var chunk = ReplayChunk.Open(path, checkSamples: path == paths[^1], out var bytesCut);
            RepairedBytes += bytesCut;
            chunks.Add(chunk.Number, chunk);
            active = chunk;
            newestChunk = chunk.Number;
            Bytes += chunk.Length;
            foreach (var segment in chunk.Segments)
            {
                keys.Add(segment.Key);
                Advance(segment);
            }
        }
        catalogue = ReplayCatalogue.Empty.With(chunks.Values.SelectMany(c => c.Segments));
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

    /// <summary>A chunk is deleted as a whole when its first record expires: short chunks delete few records too early.</summary>
    bool RetentionNeedsNewChunk() =>
        options.Retention is { } retention && active!.Segments is [var first, ..] && clock.GetUtcNow() - first.StoredAt > retention / 10;

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
        evicted.Add(chunk.Segments.Select(s => s.Key));
        keys.ExceptWith(chunk.Segments.Select(s => s.Key));
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

    void Advance(StoredSegment segment) =>
        nextOffsets[segment.Partition] = Math.Max(nextOffsets.GetValueOrDefault(segment.Partition), segment.Offset + 1);
}
