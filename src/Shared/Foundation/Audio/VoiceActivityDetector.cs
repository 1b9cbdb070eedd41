namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Tells speech from noise, 10 ms at a time, by how far the octaves of the sound stand above their noise floor, which it follows. What it
/// says of a frame depends on the samples up to it alone, not on how they were pushed. Not thread-safe.
/// </summary>
public sealed class VoiceActivityDetector(int rateHz = Contracts.AudioFormat.SampleRateHz)
{
    const int FramesPerSecond = 100;
    const float MinLevelDb = -100;

    readonly OctaveBands bands = new(rateHz / FramesPerSecond);
    VoiceLevels levels = new();
    readonly short[] open = new short[rateHz / FramesPerSecond];
    readonly double[] powers = new double[OctaveBands.Count];
    readonly List<VoiceFrame> frames = [];
    int filled;
    long start;

    /// <summary>Samples of a frame.</summary>
    public int FrameSamples => open.Length;

    /// <summary>Takes samples and returns the frames that they complete; the list is valid until the next call.</summary>
    public IReadOnlyList<VoiceFrame> Push(ReadOnlySpan<short> block)
    {
        frames.Clear();
        while (block.Length > 0)
        {
            var taken = Math.Min(block.Length, open.Length - filled);
            block[..taken].CopyTo(open.AsSpan(filled));
            block = block[taken..];
            filled += taken;
            if (filled == open.Length)
                frames.Add(Judge());
        }
        return frames;
    }

    /// <summary>As with 16-bit samples.</summary>
    /// <param name="block">-1 to 1.</param>
    public IReadOnlyList<VoiceFrame> Push(ReadOnlySpan<float> block)
    {
        var samples = new short[block.Length];
        RawPcm.ToSamples(block, samples);
        return Push(samples);
    }

    /// <summary>Forgets all that was pushed.</summary>
    public void Reset()
    {
        (filled, start) = (0, 0);
        levels = new VoiceLevels();
    }

    VoiceFrame Judge()
    {
        bands.Measure(open, channels: 1, powers);
        levels.Add(powers);
        var power = powers.Sum();
        var levelDb = power == 0 ? MinLevelDb : (float)(10 * Math.Log10(power));
        var frame = new VoiceFrame(start, (float)levels.ProbabilityOf(levels.Smoothed), levelDb);
        (filled, start) = (0, start + open.Length);
        return frame;
    }
}
