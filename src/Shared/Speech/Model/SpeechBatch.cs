using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Utterances of different lengths as one padded tensor.</summary>
/// <param name="Inputs">What the layout reads: log-mel [B, T, C] or waveform [B, S]; zeros beyond an utterance's end.</param>
/// <param name="FrameMask">bool [B, T]; true where there is speech to look at, false on padding.</param>
/// <param name="FrameCounts">Frames of each utterance.</param>
/// <param name="AudioSeconds">Of all utterances together, without padding.</param>
public sealed record SpeechBatch(Tensor Inputs, Tensor FrameMask, long[] FrameCounts, double AudioSeconds) : IDisposable
{
    /// <summary>Samples of each utterance, where <see cref="Inputs"/> is a waveform: the norm over time must not see the padding. Null: it does.</summary>
    public long[]? SampleCounts { get; init; }

    /// <summary>Log-mel features of the same frames, where <see cref="Inputs"/> is a waveform and something asks for them. [B, T, 160]</summary>
    public Tensor? LogMel { get; init; }

    /// <summary>The mask for the context network: null where there is no padding, which is faster.</summary>
    public Tensor? PaddingMask => FrameCounts.All(count => count == LongestFrameCount) ? null : FrameMask;

    public int Size => FrameCounts.Length;

    /// <summary>T of the padded tensor.</summary>
    public long LongestFrameCount => FrameMask.shape[1];

    public void Dispose()
    {
        Inputs.Dispose();
        FrameMask.Dispose();
        LogMel?.Dispose();
    }
}
