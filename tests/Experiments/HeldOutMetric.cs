namespace Ssl.Experiments;

/// <summary>A column of the page for each split.</summary>
/// <param name="Of">Null: not measured.</param>
sealed record HeldOutMetric(string Name, Func<HeldOutScore, double?> Of)
{
    public static IReadOnlyList<HeldOutMetric> All { get; } =
    [
        new("cer", score => score.Cer), new("cer, n-grams", score => score.NGramCer), new("loss", score => score.Loss),
        new("wer", score => score.Wer), new("wer, n-grams", score => score.NGramWer),
    ];
}
