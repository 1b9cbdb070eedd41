using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// One reading of a source into a clip. The first mixes the channels evenly and measures them; where that loses something, a second one
/// takes the weights that the first one found. A clip that is given out is mixed window by window, each with weights of its own, in one
/// reading. Not thread-safe.
/// </summary>
sealed class ClipPass : IDisposable
{
    const float MaxSample = 1e3f; // lossy codecs overshoot full scale by a little; a thousand times is damage
    const int WindowSeconds = 30;
    const int MaxWindowValues = 4 << 20; // of all channels

    readonly Clip clip;
    readonly int rateHz;
    readonly int channels;
    readonly float[]? weights;
    readonly ClipBuilder builder;
    readonly ChannelMeter? meter;
    readonly List<float[]> window = []; // interleaved blocks of a clip that is given out
    readonly int windowValues;
    readonly bool isGivenOut;

    /// <param name="expectedFrames">A hint; 0: unknown.</param>
    /// <param name="weights">Of the channels; null in the first reading.</param>
    public ClipPass(Clip clip, int rateHz, int channels, long expectedFrames, float[]? weights)
    {
        (this.clip, this.rateHz, this.channels, this.weights) = (clip, rateHz, channels, weights);
        clip.Expect(expectedFrames, rateHz, channels);
        isGivenOut = clip.Stream is not null;
        builder = new(rateHz, clip.Refuse(expectedFrames, rateHz, channels) is not null ? 0
            : isGivenOut ? Math.Min(expectedFrames, WindowSeconds * rateHz) : expectedFrames);
        meter = channels > 1 && weights is null && !isGivenOut ? new ChannelMeter(channels) : null;
        windowValues = Math.Min(WindowSeconds * rateHz, MaxWindowValues / channels) * channels;
    }

    public long Frames { get; private set; }

    /// <summary>Takes whole frames, -1 to 1, whose memory it uses; returns why the clip is refused, or null.</summary>
    /// <exception cref="OperationCanceledException">By the caller of the decoder.</exception>
    public DecodeResult? Push(Span<float> interleaved)
    {
        clip.Stopping.ThrowIfCancellationRequested();
        Frames += interleaved.Length / channels;
        if (clip.Refuse(Frames, rateHz, channels) is { } tooMuch)
            return tooMuch;
        if (isGivenOut && channels > 1)
        {
            window.Add(interleaved.ToArray());
            return window.Sum(block => block.Length) < windowValues ? null : MixWindow();
        }
        meter?.AddChannels(interleaved);
        var refusal = Mix(interleaved, weights, meter);
        if (isGivenOut && builder.Count >= WindowSeconds * AudioFormat.SampleRateHz)
            clip.Collect(builder.Take());
        return refusal;
    }

    /// <summary>Adds the audio to the clip; or returns the weights with which to read again.</summary>
    public float[]? End(out DecodeResult? refusal)
    {
        refusal = window.Count > 0 ? MixWindow() : null;
        var (better, faults) = meter?.Judge() ?? (null, AudioFaults.None);
        if (refusal is null && better is null)
            clip.Add(builder.End(), rateHz, Frames, channels, faults);
        else
            clip.Note(faults);
        return better;
    }

    public void Dispose() => builder.Dispose();

    DecodeResult? Mix(Span<float> interleaved, float[]? channelWeights, ChannelMeter? mixMeter)
    {
        var mono = channelWeights is null ? RawPcm.Downmix(interleaved, channels) : Weighted(interleaved, channelWeights);
        if (mono.ContainsAnyExceptInRange(-MaxSample, MaxSample)) // and NaN
            return DecodeResult.Refused(RejectReason.Corrupt,
                $"samples that are not numbers, or a thousand times too large, before {Frames / (double)rateHz:0.00} s");
        mixMeter?.AddMix(mono);
        builder.Add(mono);
        return null;
    }

    DecodeResult? MixWindow()
    {
        var (ownMeter, copy) = (new ChannelMeter(channels), new float[window.Max(block => block.Length)]);
        foreach (var block in window)
        {
            ownMeter.AddChannels(block);
            block.CopyTo(copy, 0);
            ownMeter.AddMix(RawPcm.Downmix(copy.AsSpan(0, block.Length), channels));
        }
        var (ownWeights, faults) = ownMeter.Judge();
        clip.Note(faults);
        foreach (var block in window)
        {
            if (Mix(block, ownWeights, mixMeter: null) is { } refusal)
                return refusal;
        }
        window.Clear();
        clip.Collect(builder.Take());
        return null;
    }

    static Span<float> Weighted(Span<float> interleaved, float[] weights)
    {
        var frames = interleaved.Length / weights.Length;
        for (var frame = 0; frame < frames; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < weights.Length; channel++)
                sum += weights[channel] * interleaved[frame * weights.Length + channel];
            interleaved[frame] = sum;
        }
        return interleaved[..frames];
    }
}
