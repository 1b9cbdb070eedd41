using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.Recipes;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.Augmentation;

/// <summary>All augmentations of a fine-tuning, from the waveform to the context network's input. Used by one thread.</summary>
/// <remarks>B: utterances, T: frames, C: feature size.</remarks>
sealed class SpeechAugmentation(FineTuningRecipe recipe, EncoderConfig config, Random random)
{
    const double MaskFrameSeconds = 0.02;

    readonly double[] speeds = recipe.SpeedChange > 0 ? [1, 1 - recipe.SpeedChange, 1 + recipe.SpeedChange] : [1];
    readonly int spanFrames =
        Math.Max(1, (int)Math.Round(recipe.TimeMaskFrames * MaskFrameSeconds / FeatureExtractor.For(config).FrameSeconds));

    public int DrawSpeed() => random.Next(speeds.Length);

    /// <summary>Augments the waveform: speed; noise and reverberation would join here.</summary>
    /// <param name="speed">From <see cref="DrawSpeed"/>.</param>
    public ReadOnlyMemory<short> OfWaveform(ReadOnlyMemory<short> samples, int speed) => SpeedChange.Apply(samples, speeds[speed]);

    /// <summary>Warps the mel axis of each utterance; a waveform stays as it is.</summary>
    public SpeechBatch OfInputs(SpeechBatch batch)
    {
        if (recipe.FrequencyWarp == 0 || config is not Wav2Vec2BertConfig { Stride: var stacked })
            return batch;
        double[] factors = [.. batch.FrameCounts.Select(_ => FrequencyWarp.Factor(recipe.FrequencyWarp, random.NextDouble()))];
        return batch with { Inputs = FrequencyWarp.Apply(batch.Inputs, stacked, factors) };
    }

    /// <summary>Masks bands of channels. [B, T, C]</summary>
    public Tensor OfFeatures(Tensor features)
    {
        var stacked = config is Wav2Vec2BertConfig bert ? bert.Stride : 1;
        var (utterances, channels) = ((int)features.shape[0], (int)features.shape[2]);
        return features * ChannelMask.Sample(utterances, channels, stacked, recipe.ChannelMasks, recipe.ChannelMaskShare, random).to(features.device);
    }

    /// <summary>Draws the frames that the mask vector replaces. bool [B, T]</summary>
    public Tensor TimeMaskOf(SpeechBatch batch) =>
        TimeMask.Sample(batch.FrameCounts, batch.LongestFrameCount, recipe.TimeMaskStarts, spanFrames, random).to(batch.Inputs.device);
}
