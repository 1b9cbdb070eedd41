using Ssl.Learner.Pretraining;
using Ssl.Shared.Speech.Model;

namespace Ssl.Learner.Batching;

/// <summary>Input of a step in the encoder's layout; a waveform also gets log-mel features, the targets of masked prediction.</summary>
sealed class PretrainingFeatures(EncoderConfig config, PretrainingRecipe recipe)
{
    readonly bool needsLogMel = recipe.MaskedPredictionWeight > 0 && config is Wav2Vec2Config;
    readonly FeatureExtractor inputs = FeatureExtractor.For(config);

    /// <exception cref="InvalidModelException">The encoder's frames differ from those of the log-mel targets.</exception>
    public static void CheckTargets(EncoderConfig config, PretrainingRecipe recipe)
    {
        const int Expected = LogMelExtractor.FrameSamples;
        if (recipe.MaskedPredictionWeight > 0 && config is Wav2Vec2Config { FrameSamples: not Expected and var samples })
            throw new InvalidModelException($"conv_stride gives a frame every {samples} samples, but targets come every {Expected}");
    }

    /// <summary>The clips of a step, all of one length.</summary>
    public SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device)
    {
        var batch = inputs.Batch(clips, device);
        return needsLogMel ? batch with { LogMel = LogMel(clips, batch.MaxFrameCount, device) } : batch;
    }

    /// <summary>Frames of both start at the same samples; the convolutions may give one more or less at the end. [B, T, 160]</summary>
    static Tensor LogMel(IReadOnlyList<ReadOnlyMemory<short>> clips, long frames, Device device)
    {
        using var scope = NewDisposeScope();
        var features = FeatureExtractor.LogMel(RandomProjectionCodes.FeatureSize).Batch(clips, device).Inputs;
        var missing = frames - features.shape[1];
        var fitted = missing <= 0
            ? features.narrow(1, 0, frames)
            : cat([features, features.narrow(1, features.shape[1] - 1, 1).expand(-1, missing, -1)], 1);
        return fitted.contiguous().MoveToOuterDisposeScope();
    }
}
