using Ssl.Shared.Foundation.Audio.Containers;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Collects the parts of a clip at 16 kHz, or gives them out as they come, within its limits; and what was found wrong. Not thread-safe.
/// </summary>
/// <param name="stream">Takes the samples; null: they are collected.</param>
sealed class Clip(DecodeLimits limits, long sourceBytes, CancellationToken ct, AudioStream? stream = null)
{
    const double MaxOffset = 0.01 * 32768; // speech has a mean near zero
    const float BlockerPole = 0.995f; // 13 Hz at 16 kHz
    const int ClippedLevel = 32_700;
    const double MaxClippedShare = 0.002;

    const int WindowSamples = 30 * AudioFormat.SampleRateHz; // given out at once

    readonly List<short[]> pieces = [];
    double seconds;
    double sourceSamples;
    int firstRateHz;
    int clipped;
    bool hasOffset;
    (float Sample, float Output) filter;
    AudioFaults faults;

    public DecodeLimits Limits => limits;
    public CancellationToken Stopping => ct;
    /// <summary>Takes the samples; null: they are collected.</summary>
    public AudioStream? Stream => stream;
    /// <summary>Samples given out.</summary>
    public int Given { get; private set; }
    /// <summary>What is missing; the last that was found counts.</summary>
    public CutOff? CutOff { get; set; }
    public bool IsEmpty => pieces.Count == 0 && Given == 0;

    /// <summary>Why that many more frames are refused, or null.</summary>
    public DecodeResult? Refuse(long frames, int rateHz, int channels) =>
        limits.Refuse(seconds + frames / (double)rateHz, sourceSamples + frames * (double)channels, sourceBytes);

    /// <summary>
    /// Before a part is read: what its header says of its length. A recording that promises to be too long is collected, and given out only
    /// once it has turned out not to be.
    /// </summary>
    public void Expect(long frames, int rateHz, int channels)
    {
        if (stream is null || Given > 0)
            return;
        if (Refuse(frames, rateHz, channels) is not null)
            stream = null;
        else if (frames > 0)
            stream.ExpectedSeconds = seconds + frames / (double)rateHz;
    }

    public void Add(short[] samples, int rateHz, long frames, int channels, AudioFaults found)
    {
        if (frames == 0)
            return;
        Collect(samples);
        firstRateHz = firstRateHz == 0 ? rateHz : firstRateHz;
        seconds += frames / (double)rateHz;
        sourceSamples += frames * (double)channels;
        Note(found);
    }

    public void Note(AudioFaults found) => faults |= found;

    /// <summary>Takes samples of a part that goes on.</summary>
    public void Collect(short[] samples)
    {
        pieces.Add(samples);
        if (stream is not null && pieces.Sum(p => p.Length) >= WindowSamples)
            Give();
    }

    public DecodeResult End()
    {
        if (IsEmpty)
            return DecodeResult.Refused(RejectReason.Empty, CutOff is null ? "no audio in it" : $"no audio in it; {CutOff}");
        if (CutOff is not null && limits.Truncated == TruncatedAudio.Refuse)
            return DecodeResult.Refused(RejectReason.Truncated, CutOff.ToString());
        var samples = stream is null ? Mended() : Give();
        if (Given + samples.Length == 0)
            return DecodeResult.Refused(RejectReason.Empty, $"less than a sample of {AudioFormat.SampleRateHz} Hz");
        if (clipped > MaxClippedShare * (Given + samples.Length))
            Note(AudioFaults.Clipped);
        var result = DecodeResult.Of(samples, firstRateHz, CutOff?.ToString(), faults);
        return stream is null ? result : result.GivenOut(Given);
    }

    /// <summary>Gives out what was collected and returns nothing.</summary>
    short[] Give()
    {
        if (Mended() is { Length: > 0 } samples)
        {
            Given += samples.Length;
            stream!.Take(samples);
        }
        return [];
    }

    /// <summary>What was collected; the first samples show whether there is an offset.</summary>
    short[] Mended()
    {
        var samples = pieces is [var only] ? only : ClipBuilder.Join(pieces);
        pieces.Clear();
        if (Given == 0)
            JudgeOffset(samples);
        clipped += Clipped(samples);
        if (hasOffset)
            RemoveOffset(samples);
        return samples;
    }

    void JudgeOffset(short[] samples)
    {
        hasOffset = samples.Length > 0 && Math.Abs(Mean(samples)) > MaxOffset;
        if (hasOffset)
            Note(AudioFaults.DcOffset);
        filter = (samples.FirstOrDefault(), 0);
    }

    static int Clipped(short[] samples)
    {
        var count = 0;
        foreach (var sample in samples)
            count += sample is >= ClippedLevel or <= -ClippedLevel ? 1 : 0;
        return count;
    }

    static double Mean(short[] samples)
    {
        var sum = 0L;
        foreach (var sample in samples)
            sum += sample;
        return sum / (double)samples.Length;
    }

    /// <summary>A high-pass filter of one pole, which also follows an offset that drifts.</summary>
    void RemoveOffset(short[] samples)
    {
        var (last, output) = filter;
        for (var i = 0; i < samples.Length; i++)
        {
            output = samples[i] - last + BlockerPole * output;
            last = samples[i];
            samples[i] = (short)Math.Clamp(MathF.Round(output), short.MinValue, short.MaxValue);
        }
        filter = (last, output);
    }
}
