using Ssl.Shared.Model;
using Ssl.Shared.Torch;
using static TorchSharp.torch;

namespace Ssl.Transcriber.FineTuning;

/// <summary>Other vocal tracts: the mel axis of each utterance stretched or squeezed (vocal tract length perturbation, Jaitly and Hinton 2013).</summary>
static class FrequencyWarp
{
    /// <param name="features">Log-mel frames, stacked. [B, T, C]</param>
    /// <param name="share">Each utterance draws its factor between 1 - share and 1 + share.</param>
    /// <returns>[B, T, C]; between bins linear, beyond the last bin its value.</returns>
    public static Tensor Apply(Tensor features, int stacked, double share, Random random)
    {
        var (utterances, frames, bins) = ((int)features.shape[0], features.shape[1], (int)features.shape[2] / stacked);
        var (below, fraction) = (new long[utterances * bins], new float[utterances * bins]);
        for (var utterance = 0; utterance < utterances; utterance++)
        {
            var factor = 1 + share * (2 * random.NextDouble() - 1);
            for (var bin = 0; bin < bins; bin++)
            {
                var from = Math.Min(bin * factor, bins - 1);
                var lower = Math.Min((int)from, bins - 2);
                (below[utterance * bins + bin], fraction[utterance * bins + bin]) = (lower, (float)(from - lower));
            }
        }
        using var scope = NewDisposeScope();
        var stacks = features.view(utterances, frames, stacked, bins);
        var lowerBin = tensor(below, [utterances, 1, 1, bins]).to(features.device);
        var low = stacks.gather(3, lowerBin.expand(utterances, frames, stacked, bins));
        var high = stacks.gather(3, lowerBin.Plus(Constant.One).expand(utterances, frames, stacked, bins));
        return low.lerp(high, tensor(fraction, [utterances, 1, 1, bins]).to(features.device)).view(utterances, frames, stacked * bins).MoveToOuterDisposeScope();
    }
}
