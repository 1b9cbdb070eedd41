using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.Augmentation;

/// <summary>Draws bands of channels to set to zero, for each utterance its own (frequency masking of SpecAugment, arXiv 1904.08779, section 2).</summary>
static class ChannelMask
{
    /// <param name="channels">C of the features.</param>
    /// <param name="stacked">Log-mel frames in one frame of the encoder: a band is masked in all of them.</param>
    /// <param name="maxShare">Maximum width of a band, as a share of the mel bins.</param>
    /// <returns>float [B, 1, C]: 0 where masked, else 1.</returns>
    public static Tensor Sample(int utterances, int channels, int stacked, int bands, double maxShare, Random random)
    {
        var bins = channels / stacked;
        var kept = new float[utterances * channels];
        Array.Fill(kept, 1);
        for (var utterance = 0; utterance < utterances; utterance++)
        {
            for (var band = 0; band < bands; band++)
            {
                var width = random.Next((int)(bins * maxShare) + 1);
                var first = random.Next(bins - width + 1);
                for (var frame = 0; frame < stacked; frame++)
                    kept.AsSpan(utterance * channels + frame * bins + first, width).Clear();
            }
        }
        return tensor(kept, [utterances, 1, channels]); // [B, 1, C]
    }
}
