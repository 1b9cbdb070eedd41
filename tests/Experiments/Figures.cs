namespace Ssl.Experiments;

/// <summary>What came out of one trial.</summary>
/// <param name="Loss">Of training, at its end, in nats per letter.</param>
/// <param name="Updates">Of the last fine-tuning.</param>
/// <param name="AudioSeconds">Trained on in the last fine-tuning, repetitions counted.</param>
/// <param name="HeldOut">By the name of the split.</param>
sealed record Figures(double Loss, int Updates, double AudioSeconds, SortedDictionary<string, HeldOutScore> HeldOut)
{
    const int Digits = 4;

    /// <summary>As it is stored.</summary>
    public Figures Rounded()
    {
        var heldOut = HeldOut.ToDictionary(part => part.Key, part => Rounded(part.Value));
        return new(Round(Loss), Updates, Round(AudioSeconds), new(heldOut, StringComparer.Ordinal));
    }

    static HeldOutScore Rounded(HeldOutScore score) =>
        new(Round(score.Loss), Round(score.Cer), Round(score.Wer), Round(score.NGramCer), Round(score.NGramWer));

    static double Round(double value) => Math.Round(value, Digits);

    static double? Round(double? value) => value is { } known ? Round(known) : null;
}
