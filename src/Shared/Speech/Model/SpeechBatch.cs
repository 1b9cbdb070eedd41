namespace Ssl.Shared.Speech.Model;

/// <summary>Utterances of different lengths as one padded tensor.</summary>
/// <param name="Inputs">The encoder's input: log-mel [B, T, C] or waveform [B, S]; zeros on padding.</param>
/// <param name="FrameMask">bool [B, T]; false on padding.</param>
/// <param name="FrameCounts">Frames of each utterance.</param>
/// <param name="AudioSeconds">Of all utterances together, without padding.</param>
public sealed record SpeechBatch(Tensor Inputs, Tensor FrameMask, long[] FrameCounts, double AudioSeconds) : IDisposable
{
    /// <summary>Samples of each utterance of waveforms; the norm over time excludes the padding, or includes it if null.</summary>
    public long[]? SampleCounts { get; init; }

    /// <summary>Frames of each utterance with a last, partly filled one, which is masked; null: there is none. Adapters read it.</summary>
    public long[]? PaddedCounts { get; init; }

    /// <summary>Log-mel features of the same frames, the targets of masked prediction on waveforms. [B, T, 160]</summary>
    public Tensor? LogMel { get; init; }

    /// <summary>The mask for the context network: null where there is no padding, which is faster.</summary>
    public Tensor? PaddingMask => FrameCounts.All(count => count == MaxFrameCount) ? null : FrameMask;

    public int Size => FrameCounts.Length;
    public long MaxFrameCount => FrameMask.shape[1];

    public void Dispose()
    {
        Inputs.Dispose();
        FrameMask.Dispose();
        LogMel?.Dispose();
    }

    internal SpeechBatch MoveToOuterScope()
    {
        Inputs.MoveToOuterDisposeScope();
        FrameMask.MoveToOuterDisposeScope();
        return this;
    }
}
