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
    readonly int maskFrames =
        Math.Max(1, (int)Math.Round(recipe.TimeMaskFrames * MaskFrameSeconds / FeatureExtractor.For(config).FrameSeconds));

    public int DrawSpeed() => random.Next(speeds.Length);

    /// <summary>Changes speed and pitch of a recording (Ko et al. 2015, "Audio augmentation for speech recognition").</summary>
    /// <param name="speed">From <see cref="DrawSpeed"/>.</param>
    public ReadOnlyMemory<short> OfWaveform(ReadOnlyMemory<short> samples, int speed)
    {
        var factor = speeds[speed]; // above 1: faster, so fewer samples
        if (factor == 1)
            return samples;
        var source = samples.Span;
        var changed = new short[(int)(source.Length / factor)];
        for (var i = 0; i < changed.Length; i++)
        {
            // Linear interpolation: its error in the highest band is negligible beside the change itself.
            var position = i * factor;
            var left = (int)position;
            var right = Math.Min(left + 1, source.Length - 1);
            changed[i] = (short)Math.Round(source[left] + (source[right] - source[left]) * (position - left));
        }
        return changed;
    }

    /// <summary>Warps the mel axis of each utterance; waveforms are not changed.</summary>
    public SpeechBatch OfInputs(SpeechBatch batch)
    {
        if (recipe.FrequencyWarp == 0 || config is not Wav2Vec2BertConfig { Stride: var stacked })
            return batch;
        double[] factors = [.. batch.FrameCounts.Select(_ => FrequencyWarp.Factor(recipe.FrequencyWarp, random.NextDouble()))];
        return batch with { Inputs = FrequencyWarp.Apply(batch.Inputs, stacked, factors) };
    }

    /// <summary>Sets bands of channels of each utterance to zero (frequency masking, SpecAugment, arXiv 1904.08779). [B, T, C]</summary>
    public Tensor OfFeatures(Tensor features)
    {
        var (utterances, channels) = ((int)features.shape[0], (int)features.shape[2]);
        var stacked = config is Wav2Vec2BertConfig bert ? bert.Stride : 1; // log-mel frames in one frame; a band is masked in all of them
        var bins = channels / stacked;
        var kept = new float[utterances * channels];
        Array.Fill(kept, 1);
        for (var mask = 0; mask < utterances * recipe.ChannelMasks; mask++)
        {
            var width = random.Next((int)(bins * recipe.ChannelMaskShare) + 1);
            var first = mask / recipe.ChannelMasks * channels + random.Next(bins - width + 1);
            for (var frame = 0; frame < stacked; frame++)
                kept.AsSpan(first + frame * bins, width).Clear();
        }
        return features * tensor(kept, [utterances, 1, channels]).to(features.device); // [B, 1, C]
    }

    /// <summary>Draws spans of frames that the mask vector replaces; spans may overlap (wav2vec 2.0, section 3.1). bool [B, T]</summary>
    public Tensor TimeMaskOf(SpeechBatch batch)
    {
        var frames = (int)batch.MaxFrameCount;
        var masked = new bool[batch.FrameCounts.Length * frames];
        for (var utterance = 0; utterance < batch.FrameCounts.Length; utterance++)
        {
            var count = (int)batch.FrameCounts[utterance];
            var span = Math.Min(maskFrames, count / 2); // a longer one could mask all of a short word
            var spans = (int)(recipe.TimeMaskStarts * count + random.NextDouble());
            for (var i = 0; i < spans && span > 0; i++)
                masked.AsSpan(utterance * frames + random.Next(count - span + 1), span).Fill(true);
        }
        return tensor(masked, [batch.FrameCounts.Length, frames]).to(batch.Inputs.device);
    }
}
