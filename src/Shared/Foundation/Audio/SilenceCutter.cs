using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Cuts audio at pauses into segments of 1 to 20 s. The longer a segment, the shorter the pause that ends it; at 20 s it is cut where
/// its last five seconds are quietest. What is no speech is dropped, but for 0.3 s before speech; a last segment under a second is
/// padded to one with zeros. The output depends on the samples alone, not on how they were pushed, and nothing is remembered across a cut
/// or a dropped pause but <see cref="Memory"/>: whoever starts there with it cuts alike. Not thread-safe.
/// </summary>
/// <remarks>
/// What is speech, <see cref="VoiceLevels"/> says. The first second of a segment is judged when all of it is there, by the noise
/// floor of the whole second. Channels are heard one by one, so that two that cancel out are not silence.
/// </remarks>
/// <param name="memory">Of a cutter that was at this sample; null at the beginning.</param>
public sealed class SilenceCutter(int rateHz = AudioFormat.SampleRateHz, int channels = 1, IReadOnlyList<float>? memory = null)
{
    const int FramesPerSecond = 100;
    const int MaxSeconds = 20;
    const int LeadFrames = 30;
    const int MaxLeadFrames = 40; // a longer one is shortened
    const int MinSpeechFrames = 12; // a click is none
    const double MinShortPower = 1e-5; // -50 dB of full scale
    const int QuietestWithinFrames = 500;
    const int QuietestSpanFrames = 15;

    // Frames of pause that end a segment, by its length: a breath is enough once it is long.
    static readonly (int LongerThanFrames, int PauseFrames)[] Pauses = [(1500, 10), (1000, 20), (500, 40), (FramesPerSecond, 70)];

    readonly int frameValues = rateHz / FramesPerSecond * channels;
    readonly int secondValues = rateHz * channels;
    readonly OctaveBands bands = new(rateHz / FramesPerSecond);
    readonly VoiceLevels voice = memory is null ? new() : new() { Loudest = [.. memory] };
    readonly List<short> values = []; // interleaved, from the open segment's start on
    readonly List<double> powers = []; // of each frame that was looked at
    readonly double[] octaves = new double[OctaveBands.Count];
    readonly double[] firstSecond = new double[FramesPerSecond * OctaveBands.Count]; // smoothed
    long start;
    int pauseFrames;
    int speechFrames;
    int firstSpeech; // frame

    /// <summary>First sample of the stream that is in no finished segment and no dropped pause.</summary>
    public long OpenStart => start;
    /// <summary>What it knew of the speakers there.</summary>
    public IReadOnlyList<float> Memory { get; private set; } = memory ?? new float[OctaveBands.Count];

    /// <summary>Takes samples of whole frames, interleaved, and returns the segments that they complete.</summary>
    public IReadOnlyList<CutSegment> Push(ReadOnlySpan<short> block)
    {
        var segments = new List<CutSegment>();
        for (; block.Length > 0; block = block[Math.Min(secondValues, block.Length)..])
        {
            values.AddRange(block[..Math.Min(secondValues, block.Length)]);
            while (values.Count >= (powers.Count + 1) * frameValues)
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
        if (powers.Count is > 0 and < FramesPerSecond)
            JudgeFirst();
        // Under a second there is too little to tell speech from noise by: such a recording is used unless it is silent.
        var isShort = memory is null && start == 0 && powers.Count < FramesPerSecond && powers.DefaultIfEmpty().Max() > MinShortPower;
        var last = IsSpoken || isShort
            ? new CutSegment(start, new short[Math.Max(values.Count, secondValues)], start + values.Count / channels) : null;
        if (last is not null)
            values.CopyTo(last.Samples);
        Drop(values.Count);
        return last;
    }

    bool IsSpoken => speechFrames >= MinSpeechFrames;

    /// <summary>Looks at the next frame and returns the segment that ends with it, if one does.</summary>
    CutSegment? Step()
    {
        bands.Measure(CollectionsMarshal.AsSpan(values).Slice(powers.Count * frameValues, frameValues), channels, octaves);
        voice.Add(octaves);
        powers.Add(octaves.Sum());
        if (powers.Count <= FramesPerSecond)
            voice.Smoothed.CopyTo(firstSecond.AsSpan((powers.Count - 1) * OctaveBands.Count));
        if (powers.Count < FramesPerSecond)
            return null;
        if (powers.Count == FramesPerSecond)
            JudgeFirst();
        else
            Judge(powers.Count - 1, voice.Smoothed);
        if (!IsSpoken)
            Drop((powers.Count - LeadFrames) * frameValues);
        else if (powers.Count == FramesPerSecond && firstSpeech > MaxLeadFrames)
            Drop((firstSpeech - LeadFrames) * frameValues);
        if (!IsSpoken || CutFrame() is not { } frame)
            return null;
        var cut = Math.Max(frame * frameValues, secondValues);
        var segment = new CutSegment(start, [.. CollectionsMarshal.AsSpan(values)[..cut]], start + cut / channels);
        Drop(cut);
        return segment;
    }

    void JudgeFirst()
    {
        for (var frame = 0; frame < powers.Count; frame++)
            Judge(frame, firstSecond.AsSpan(frame * OctaveBands.Count, OctaveBands.Count));
    }

    void Judge(int frame, ReadOnlySpan<double> smoothed)
    {
        var isSpeech = voice.ProbabilityOf(smoothed) >= 0.5;
        pauseFrames = isSpeech ? 0 : pauseFrames + 1;
        if (isSpeech && speechFrames++ == 0)
            firstSpeech = frame;
    }

    /// <summary>Frame at which the open segment ends, or null while it goes on.</summary>
    int? CutFrame()
    {
        var length = powers.Count;
        var middle = length - pauseFrames / 2; // of the pause
        if (middle >= FramesPerSecond && Pauses.Any(p => length > p.LongerThanFrames && pauseFrames >= p.PauseFrames))
            return middle;
        return length < MaxSeconds * FramesPerSecond ? null : QuietestFrame(length - QuietestWithinFrames, length - QuietestSpanFrames);
    }

    int QuietestFrame(int from, int to)
    {
        double PowerAround(int frame) => powers.Skip(frame - QuietestSpanFrames / 2).Take(QuietestSpanFrames).Sum();
        return Enumerable.Range(from, to - from + 1).Reverse().MinBy(PowerAround); // the last of equals
    }

    /// <summary>Moves the start of the open segment; what is behind it is examined again without what came before.</summary>
    void Drop(int count)
    {
        values.RemoveRange(0, count);
        start += count / channels;
        powers.Clear();
        voice.Restart();
        Memory = voice.Loudest;
        (pauseFrames, speechFrames, firstSpeech) = (0, 0, 0);
    }
}
