using Ssl.Shared.Speech.Model;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Blanks bands of channels, each utterance its own (SpecAugment's frequency masking, arXiv 1904.08779, section 2).</summary>
static class ChannelMask
{
    /// <param name="channels">C of the features.</param>
    /// <returns>float [B, 1, C]: 0 where blanked, else 1.</returns>
    public static Tensor Sample(EncoderConfig config, int utterances, int channels, int bands, double widestShare, Random random)
    {
        var stacked = config is Wav2Vec2BertConfig bert ? bert.Stride : 1; // log-mel frames side by side: the band is blanked in all
        var bins = channels / stacked;
        var kept = new float[utterances * channels];
        Array.Fill(kept, 1);
        for (var utterance = 0; utterance < utterances; utterance++)
        {
            for (var band = 0; band < bands; band++)
            {
                var width = random.Next((int)(bins * widestShare) + 1);
                var first = random.Next(bins - width + 1);
                for (var frame = 0; frame < stacked; frame++)
                    kept.AsSpan(utterance * channels + frame * bins + first, width).Clear();
            }
        }
        return tensor(kept, [utterances, 1, channels]); // [B, 1, C]
    }
}
