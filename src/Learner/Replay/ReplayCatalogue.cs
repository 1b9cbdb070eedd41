namespace Ssl.Learner.Replay;

/// <summary>What the store held at one moment, shortest segment first. Immutable; the same store gives the same catalogue.</summary>
sealed class ReplayCatalogue
{
    public static readonly ReplayCatalogue Empty = new([]);

    static readonly Comparer<StoredSegment> ByLengthThenPlace = Comparer<StoredSegment>.Create((a, b) =>
        a.SampleCount != b.SampleCount ? a.SampleCount.CompareTo(b.SampleCount)
        : a.Chunk != b.Chunk ? a.Chunk.CompareTo(b.Chunk)
        : a.PcmStart.CompareTo(b.PcmStart));

    readonly StoredSegment[] segments;
    readonly long[] samplesUpTo; // samplesUpTo[i]: samples in the segments before i

    ReplayCatalogue(StoredSegment[] sorted)
    {
        segments = sorted;
        samplesUpTo = new long[sorted.Length + 1];
        for (var i = 0; i < sorted.Length; i++)
            samplesUpTo[i + 1] = samplesUpTo[i] + sorted[i].SampleCount;
    }

    public int Count => segments.Length;

    public long SampleCount => samplesUpTo[^1];

    public StoredSegment this[int index] => segments[index];

    /// <summary>The segment in which a sample lies, all segments laid end to end, shortest first.</summary>
    /// <param name="sample">0 to <see cref="SampleCount"/> - 1.</param>
    public int IndexOfSample(long sample)
    {
        var found = Array.BinarySearch(samplesUpTo, sample);
        if (found < 0)
            return ~found - 1;
        while (samplesUpTo[found + 1] == sample)
            found++;
        return found;
    }

    /// <summary>Samples in the segments before <paramref name="index"/> (0 to <see cref="Count"/>).</summary>
    public long SamplesBefore(int index) => samplesUpTo[index];

    /// <summary>Index of the first segment with at least so many samples; <see cref="Count"/> where none is that long.</summary>
    public int FirstOfLength(int sampleCount)
    {
        int low = 0, high = segments.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].SampleCount < sampleCount)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    public ReplayCatalogue With(IEnumerable<StoredSegment> added) => Sorted(segments.Concat(added));

    public ReplayCatalogue WithoutChunk(long chunk) => new([.. segments.Where(s => s.Chunk != chunk)]);

    static ReplayCatalogue Sorted(IEnumerable<StoredSegment> segments)
    {
        var sorted = segments.ToArray();
        Array.Sort(sorted, ByLengthThenPlace); // introsort; nearly sorted input of 50,000 takes a few milliseconds, once a flush
        return new ReplayCatalogue(sorted);
    }
}
