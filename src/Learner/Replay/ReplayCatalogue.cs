namespace Ssl.Learner.Replay;

/// <summary>Durable segments of the store at one moment, shortest first. Immutable; the same store gives the same catalogue.</summary>
sealed class ReplayCatalogue
{
    public static readonly ReplayCatalogue Empty = new([]);

    readonly StoredSegment[] segments;
    readonly long[] samplesBefore; // samplesBefore[i]: samples in the segments before i

    ReplayCatalogue(StoredSegment[] sorted)
    {
        segments = sorted;
        samplesBefore = new long[sorted.Length + 1];
        for (var i = 0; i < sorted.Length; i++)
            samplesBefore[i + 1] = samplesBefore[i] + sorted[i].SampleCount;
    }

    public int Count => segments.Length;
    public long SampleCount => samplesBefore[^1];
    public StoredSegment this[int index] => segments[index];

    /// <summary>Index of the segment that contains a sample, with all segments concatenated in order.</summary>
    /// <param name="sample">0 to <see cref="SampleCount"/> - 1.</param>
    public int IndexOfSample(long sample) => FirstWhere(samplesBefore, before => before > sample) - 1;

    /// <summary>Samples in the segments before <paramref name="index"/> (0 to <see cref="Count"/>).</summary>
    public long SamplesBefore(int index) => samplesBefore[index];

    /// <summary>Index of the first segment of at least this length; <see cref="Count"/> if there is none.</summary>
    public int FirstOfLength(int sampleCount) => FirstWhere(segments, segment => segment.SampleCount >= sampleCount);

    public ReplayCatalogue With(IEnumerable<StoredSegment> added)
    {
        var sorted = segments.Concat(added).ToArray();
        Array.Sort(sorted, (a, b) => (a.SampleCount, a.Chunk, a.PcmStart).CompareTo((b.SampleCount, b.Chunk, b.PcmStart)));
        return new ReplayCatalogue(sorted);
    }

    public ReplayCatalogue WithoutChunk(long chunk) => new([.. segments.Where(s => s.Chunk != chunk)]);

    /// <summary>Binary search: a comparer that never answers "equal" makes it return the complement of the index.</summary>
    static int FirstWhere<T>(T[] sorted, Predicate<T> reached) =>
        ~Array.BinarySearch(sorted, default!, Comparer<T>.Create((item, _) => reached(item) ? 1 : -1));
}
