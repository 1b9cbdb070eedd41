using Ssl.Shared.Contracts;

namespace Ssl.Shared.Audio;

/// <summary>Collects a clip at 16 kHz while its source comes in blocks. Not thread-safe.</summary>
/// <param name="expectedFrames">At the source's rate, within the limits; 0 where unknown.</param>
sealed class ClipBuilder(int sourceRateHz, long expectedFrames) : IDisposable
{
    const int FirstSamples = 10 * AudioFormat.SampleRateHz;

    readonly Resampler resampler = new(sourceRateHz);
    short[] samples = new short[expectedFrames > 0 ? Resampler.LengthOf(expectedFrames, sourceRateHz) : FirstSamples];
    int count;

    /// <param name="mono">-1 to 1, at the source's rate.</param>
    public void Add(ReadOnlySpan<float> mono) => Append(resampler.Push(mono));

    /// <summary>The whole clip.</summary>
    public short[] End()
    {
        Append(resampler.Flush());
        Array.Resize(ref samples, count);
        return samples;
    }

    public void Dispose() => resampler.Dispose();

    void Append(ReadOnlySpan<short> block)
    {
        if (count + block.Length > samples.Length)
            Array.Resize(ref samples, Math.Max(count + block.Length, samples.Length + samples.Length / 2));
        block.CopyTo(samples.AsSpan(count));
        count += block.Length;
    }
}
