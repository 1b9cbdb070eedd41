using System.Runtime.InteropServices;
using Ssl.Shared.Contracts;

namespace Ssl.Shared.Audio;

/// <summary>
/// Cuts 16 kHz audio at pauses into segments of 1 to 20 s. The longer a segment has become, the shorter a pause it takes; at 20 s it is cut at
/// its quietest moment. Silence before speech is dropped but for a third of a second, and audio without any speech gives no segment.
/// What comes out depends on the samples and the marks alone, not on how they were pushed. Not thread-safe.
/// </summary>
public sealed class SilenceCutter
{
    const int FrameSamples = AudioFormat.SampleRateHz / 100;
    const int LeastSamples = AudioFormat.SampleRateHz;
    const int MostSamples = 20 * AudioFormat.SampleRateHz;
    const int LeadFrames = 30;
    const int QuietestWithinFrames = 500;

    // Frames of pause that end a segment, by its length: a breath is enough once it is long.
    static readonly (int LongerThanFrames, int PauseFrames)[] Pauses = [(1500, 10), (1000, 20), (500, 40), (100, 70)];

    const double FloorStartDb = -60;
    const double FloorRiseDb = 0.02; // a frame: 2 dB a second
    const double AboveFloorDb = 9;
    const double LoudestSilenceDb = -40;
    const double QuietestSpeechDb = -60;

    readonly List<short> samples = []; // of the open segment and behind it
    readonly List<double> levels = []; // dB of each whole frame in it
    readonly SortedSet<long> marks = [];
    long start;
    double floorDb = FloorStartDb;
    int pauseFrames;
    bool spoken;

    /// <summary>First sample of the stream that is not in a finished segment.</summary>
    public long OpenStart => start;

    /// <summary>True when the open segment holds speech.</summary>
    public bool HasSpeech => spoken;

    /// <summary>The next sample pushed is a good place to cut if there is a pause there (the start of a source message).</summary>
    public void Mark() => marks.Add(start + samples.Count);

    /// <summary>Takes samples and returns the segments that they complete.</summary>
    public IReadOnlyList<CutSegment> Push(ReadOnlySpan<short> block)
    {
        var segments = new List<CutSegment>();
        while (block.Length > 0)
        {
            var taken = Math.Min(block.Length, (levels.Count + 1) * FrameSamples - samples.Count);
            samples.AddRange(block[..taken]);
            block = block[taken..];
            if (samples.Count < (levels.Count + 1) * FrameSamples)
                break;
            Look(CollectionsMarshal.AsSpan(samples).Slice(levels.Count * FrameSamples, FrameSamples));
            if (!spoken)
                DropLead();
            else if (CutPoint() is { } cut)
                segments.Add(Cut(cut));
        }
        return segments;
    }

    /// <summary>Ends the stream: what is left, padded with silence to 1 s; null where there was no speech in it.</summary>
    public CutSegment? Flush()
    {
        if (!spoken && samples.Count > levels.Count * FrameSamples)
            Look(CollectionsMarshal.AsSpan(samples)[(levels.Count * FrameSamples)..]);
        CutSegment? last = null;
        if (spoken)
        {
            var padded = new short[Math.Max(samples.Count, LeastSamples)];
            samples.CopyTo(padded);
            last = new CutSegment(start, padded);
        }
        start += samples.Count;
        Restart();
        samples.Clear();
        levels.Clear();
        marks.Clear();
        return last;
    }

    void Look(ReadOnlySpan<short> frame)
    {
        var energy = 0.0;
        foreach (var sample in frame)
            energy += (double)sample * sample;
        var level = 10 * Math.Log10(energy / frame.Length / (32768.0 * 32768.0) + 1e-10);
        levels.Add(level);
        floorDb = Math.Min(level, floorDb + FloorRiseDb);
        var silent = level < Math.Min(LoudestSilenceDb, Math.Max(QuietestSpeechDb, floorDb + AboveFloorDb));
        pauseFrames = silent ? pauseFrames + 1 : 0;
        spoken |= !silent;
    }

    /// <summary>Frame at which the open segment ends, or null while it goes on.</summary>
    int? CutPoint()
    {
        var length = levels.Count;
        foreach (var (longer, pause) in Pauses)
        {
            if (length > longer && pauseFrames >= pause && length - pauseFrames / 2 >= LeastSamples / FrameSamples)
                return length - pauseFrames / 2;
        }
        return length * FrameSamples < MostSamples ? null : Quietest(length - QuietestWithinFrames, length);
    }

    CutSegment Cut(int frame)
    {
        var at = NearestMark(frame) ?? frame * FrameSamples;
        var segment = new CutSegment(start, [.. CollectionsMarshal.AsSpan(samples)[..at]]);
        Drop(at);
        Restart();
        var behind = samples.Count / FrameSamples;
        levels.Clear();
        for (var i = 0; i < behind; i++)
            Look(CollectionsMarshal.AsSpan(samples).Slice(i * FrameSamples, FrameSamples));
        return segment;
    }

    /// <summary>A mark inside the pause around the cut: then the next segment begins with a source message, and reading it again gives the same.</summary>
    int? NearestMark(int frame)
    {
        var half = pauseFrames / 2 * FrameSamples;
        var target = start + (long)frame * FrameSamples;
        var inPause = marks.GetViewBetween(Math.Max(start + LeastSamples, target - half), Math.Min(target + half, start + Math.Min(samples.Count, MostSamples)));
        return inPause.Count == 0 ? null : (int)(inPause.MinBy(m => Math.Abs(m - target)) - start);
    }

    void DropLead()
    {
        if (levels.Count <= LeadFrames)
            return;
        var frames = levels.Count - LeadFrames;
        Drop(frames * FrameSamples);
        levels.RemoveRange(0, frames);
    }

    void Drop(int count)
    {
        samples.RemoveRange(0, count);
        start += count;
        marks.RemoveWhere(m => m < start);
    }

    /// <summary>A segment starts without memory of those before it, so that a reader who starts there cuts alike.</summary>
    void Restart() => (floorDb, pauseFrames, spoken) = (FloorStartDb, 0, false);

    int Quietest(int from, int to)
    {
        var quietest = to;
        for (var frame = to - 1; frame >= Math.Max(from, LeastSamples / FrameSamples); frame--)
        {
            if (quietest == to || levels[frame] < levels[quietest])
                quietest = frame;
        }
        return quietest;
    }
}
