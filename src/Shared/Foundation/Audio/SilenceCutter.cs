using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Cuts mono audio at pauses into segments of 1 to 20 s. The longer a segment, the shorter the pause that ends it; at 20 s it is cut where
/// its last five seconds are quietest. Silence is dropped, but for 0.3 s before speech; a last segment under a second is padded to one with
/// zeros. The output depends on the samples alone, not on how they were pushed, and nothing is remembered across a cut or a dropped
/// silence: whoever starts reading there cuts alike. Not thread-safe.
/// </summary>
/// <remarks>
/// A frame of 10 ms is silent below a floor that follows the quietest frames, plus 9 dB. A segment's first floor is the quietest frame of
/// its first second: with a fixed floor, quiet speech was lost in clean recordings and room noise passed for speech in others.
/// </remarks>
public sealed class SilenceCutter(int rateHz = AudioFormat.SampleRateHz)
{
    const int FramesPerSecond = 100;
    const int MostSeconds = 20;
    const int LeadFrames = 30;
    const int QuietestWithinFrames = 500;
    const int QuietestSpanFrames = 15;

    // Frames of pause that end a segment, by its length: a breath is enough once it is long.
    static readonly (int LongerThanFrames, int PauseFrames)[] Pauses = [(1500, 10), (1000, 20), (500, 40), (FramesPerSecond, 70)];

    const double FloorRiseDb = 0.02; // a frame: 2 dB a second
    const double AboveFloorDb = 9;
    const double LoudestSilenceDb = -40;
    const double QuietestSpeechDb = -72;
    const double LeastLevelDb = -100;

    readonly int frameSamples = rateHz / FramesPerSecond;
    readonly List<short> samples = []; // from the open segment's start on
    readonly List<double> levels = []; // dB of each frame that was looked at
    long start;
    double floorDb;
    int pauseFrames;
    bool spoken;

    /// <summary>First sample of the stream that is in no finished segment and no dropped silence.</summary>
    public long OpenStart => start;

    /// <summary>Takes samples and returns the segments that they complete.</summary>
    public IReadOnlyList<CutSegment> Push(ReadOnlySpan<short> block)
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

    /// <summary>Ends the stream: what is left; null where there is no speech in it.</summary>
    public CutSegment? Flush()
    {
        if (samples.Count > levels.Count * frameSamples)
            levels.Add(Level(CollectionsMarshal.AsSpan(samples)[(levels.Count * frameSamples)..])); // less than a frame
        if (levels.Count is > 0 and < FramesPerSecond)
            JudgeFirst();
        var (end, keep) = (start + samples.Count, spoken);
        var padded = new short[keep ? Math.Max(samples.Count, rateHz) : 0];
        if (keep)
            samples.CopyTo(padded);
        var last = new CutSegment(start, padded, end);
        Drop(samples.Count);
        return keep ? last : null;
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
        {
            Drop((levels.Count - LeadFrames) * frameSamples);
            return null;
        }
        if (CutFrame() is not { } frame)
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
        var silent = level < Math.Clamp(floorDb + AboveFloorDb, QuietestSpeechDb, LoudestSilenceDb);
        pauseFrames = silent ? pauseFrames + 1 : 0;
        spoken |= !silent;
    }

    /// <summary>Frame at which the open segment ends, or null while it goes on.</summary>
    int? CutFrame()
    {
        var length = levels.Count;
        foreach (var (longer, pause) in Pauses)
        {
            if (length > longer && pauseFrames >= pause && length - pauseFrames / 2 >= FramesPerSecond)
                return length - pauseFrames / 2;
        }
        return length < MostSeconds * FramesPerSecond ? null : QuietestFrame(length - QuietestWithinFrames, length - QuietestSpanFrames);
    }

    int QuietestFrame(int from, int to)
    {
        var (quietest, least) = (to, double.MaxValue);
        for (var frame = from; frame <= to; frame++)
        {
            var level = levels.Skip(frame - QuietestSpanFrames / 2).Take(QuietestSpanFrames).Sum();
            if (level <= least)
                (quietest, least) = (frame, level);
        }
        return quietest;
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
        return energy == 0 ? LeastLevelDb : 10 * Math.Log10(energy / (double)frame.Length / (32768.0 * 32768.0));
    }
}
