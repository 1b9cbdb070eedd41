using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Vocal tract length perturbation (Jaitly and Hinton 2013): stretches or squeezes the mel axis of each utterance.</summary>
public static class FrequencyWarp
{
    /// <summary>A factor between 1 - share and 1 + share.</summary>
    /// <param name="uniform">Drawn from [0, 1).</param>
    public static double Factor(double share, double uniform) => 1 + share * (2 * uniform - 1);

    /// <param name="features">Stacked log-mel frames. [B, T, C]</param>
    /// <param name="stacked">Log-mel frames in one encoder frame.</param>
    /// <param name="factors">One an utterance: bin b gets the value at bin b times factor.</param>
    /// <returns>[B, T, C]; linear between bins, the last bin's value beyond it.</returns>
    public static Tensor Apply(Tensor features, int stacked, IReadOnlyList<double> factors)
    {
        var (utterances, frames, bins) = ((int)features.shape[0], features.shape[1], (int)features.shape[2] / stacked);
        var (below, fraction) = (new long[utterances * bins], new float[utterances * bins]);
        for (var i = 0; i < below.Length; i++)
        {
            var from = Math.Min(i % bins * factors[i / bins], bins - 1);
            below[i] = Math.Min((int)from, bins - 2);
            fraction[i] = (float)(from - below[i]);
        }
        using var scope = NewDisposeScope();
        var stacks = features.view(utterances, frames, stacked, bins);
        var lowerBin = tensor(below, [utterances, 1, 1, bins]).to(features.device);
        var low = stacks.gather(3, lowerBin.expand(utterances, frames, stacked, bins));
        var high = stacks.gather(3, lowerBin.Plus(Constant.One).expand(utterances, frames, stacked, bins));
        var warped = low.lerp(high, tensor(fraction, [utterances, 1, 1, bins]).to(features.device));
        return warped.view(utterances, frames, stacked * bins).MoveToOuterDisposeScope();
    }
}
