using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Other vocal tracts: the mel axis of each utterance stretched or squeezed (vocal tract length perturbation, Jaitly and Hinton 2013).</summary>
public static class FrequencyWarp
{
    /// <summary>A factor between 1 - share and 1 + share.</summary>
    /// <param name="uniform">Drawn from [0, 1).</param>
    public static double Factor(double share, double uniform) => 1 + share * (2 * uniform - 1);

    /// <param name="features">Log-mel frames, stacked. [B, T, C]</param>
    /// <param name="stacked">Log-mel frames side by side in one of the encoder's.</param>
    /// <param name="factors">Of each utterance: bin b becomes what bin b times factor was.</param>
    /// <returns>[B, T, C]; between bins linear, beyond the last bin its value.</returns>
    public static Tensor Apply(Tensor features, int stacked, IReadOnlyList<double> factors)
    {
        var (utterances, frames, bins) = ((int)features.shape[0], features.shape[1], (int)features.shape[2] / stacked);
        var (below, fraction) = (new long[utterances * bins], new float[utterances * bins]);
        for (var utterance = 0; utterance < utterances; utterance++)
        {
            for (var bin = 0; bin < bins; bin++)
            {
                var from = Math.Min(bin * factors[utterance], bins - 1);
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
