using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Benchmarks;

/// <summary>The cutter before ADR 13, to compare with: a frame is silent below the quietest frames plus 9 dB, at most -40 dBFS.</summary>
sealed class FixedFloorCutter(int rateHz = 16_000)
{
    const int FramesPerSecond = 100;
    const int MaxSeconds = 20;
    const int LeadFrames = 30;
    const int QuietestWithinFrames = 500;
    const int QuietestSpanFrames = 15;

    // Frames of pause that end a segment, by its length: a breath is enough once it is long.
    static readonly (int LongerThanFrames, int PauseFrames)[] Pauses = [(1500, 10), (1000, 20), (500, 40), (FramesPerSecond, 70)];

    const double FloorRiseDb = 0.02; // a frame: 2 dB a second
    const double AboveFloorDb = 9;
    const double MaxSilenceDb = -40;
    const double MinSpeechDb = -72;
    const double MinLevelDb = -100;

    readonly int frameSamples = rateHz / FramesPerSecond;
    readonly List<short> samples = []; // from the open segment's start on
    readonly List<double> levels = []; // dB of each frame that was looked at
    long start;
    double floorDb;
    int pauseFrames;
    bool spoken;

    public IReadOnlyList<CutSegment> Cut(ReadOnlySpan<short> samples)
    {
        var segments = new List<CutSegment>(Push(samples));
        if (Flush() is { } last)
            segments.Add(last);
        return segments;
    }

    List<CutSegment> Push(ReadOnlySpan<short> block)
    {
        var segments = new List<CutSegment>();
        for (; block.Length > 0; block = block[Math.Min(rateHz, block.Length)..])
        {
            samples.AddRange(block[..Math.Min(rateHz, block.Length)]);
            while (samples.Count >= (levels.Count + 1) * frameSamples)
            {
                if (Step() is { } segment)
                    segments.Add(segment);
            }
        }
        return segments;
    }

    CutSegment? Flush()
    {
        if (samples.Count > levels.Count * frameSamples)
            levels.Add(Level(CollectionsMarshal.AsSpan(samples)[(levels.Count * frameSamples)..])); // less than a frame
        if (levels.Count is > 0 and < FramesPerSecond)
            JudgeFirst();
        var last = spoken ? new CutSegment(start, new short[Math.Max(samples.Count, rateHz)], start + samples.Count) : null;
        if (last is not null)
            samples.CopyTo(last.Samples);
        Drop(samples.Count);
        return last;
    }

    /// <summary>Looks at the next frame and returns the segment that ends with it, if one does.</summary>
    CutSegment? Step()
    {
        levels.Add(Level(CollectionsMarshal.AsSpan(samples).Slice(levels.Count * frameSamples, frameSamples)));
        if (levels.Count < FramesPerSecond)
            return null;
        if (levels.Count == FramesPerSecond)
            JudgeFirst();
        else
            Judge(levels[^1]);
        if (!spoken)
            Drop((levels.Count - LeadFrames) * frameSamples);
        if (!spoken || CutFrame() is not { } frame)
            return null;
        var cut = Math.Max(frame * frameSamples, rateHz);
        var segment = new CutSegment(start, [.. CollectionsMarshal.AsSpan(samples)[..cut]], start + cut);
        Drop(cut);
        return segment;
    }

    void JudgeFirst()
    {
        floorDb = levels.Min();
        foreach (var level in levels)
            Judge(level);
    }

    void Judge(double level)
    {
        floorDb = Math.Min(level, floorDb + FloorRiseDb);
        var silent = level < Math.Clamp(floorDb + AboveFloorDb, MinSpeechDb, MaxSilenceDb);
        pauseFrames = silent ? pauseFrames + 1 : 0;
        spoken |= !silent;
    }

    /// <summary>Frame at which the open segment ends, or null while it goes on.</summary>
    int? CutFrame()
    {
        var length = levels.Count;
        var middle = length - pauseFrames / 2; // of the pause
        if (middle >= FramesPerSecond && Pauses.Any(p => length > p.LongerThanFrames && pauseFrames >= p.PauseFrames))
            return middle;
        return length < MaxSeconds * FramesPerSecond ? null : QuietestFrame(length - QuietestWithinFrames, length - QuietestSpanFrames);
    }

    int QuietestFrame(int from, int to)
    {
        double LevelAround(int frame) => levels.Skip(frame - QuietestSpanFrames / 2).Take(QuietestSpanFrames).Sum();
        return Enumerable.Range(from, to - from + 1).Reverse().MinBy(LevelAround); // the last of equals
    }

    /// <summary>Moves the start of the open segment; what is behind it is examined again without what came before.</summary>
    void Drop(int count)
    {
        samples.RemoveRange(0, count);
        start += count;
        levels.Clear();
        (pauseFrames, spoken) = (0, false);
    }

    static double Level(ReadOnlySpan<short> frame)
    {
        var energy = 0L;
        foreach (var sample in frame)
            energy += sample * sample;
        return energy == 0 ? MinLevelDb : 10 * Math.Log10(energy / (double)frame.Length / (32768.0 * 32768.0));
    }
}
