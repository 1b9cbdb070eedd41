namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>How segments to label are chosen. With nine minutes of labels no share was better than chance (docs/lab, 2026-11-29).</summary>
sealed record SelectionRecipe
{
    /// <summary>
    /// Weight of being unlike what is labelled or chosen, 0 to 1; the rest is that of the champion's uncertainty and its disagreement with
    /// the version before it.
    /// </summary>
    public double NoveltyShare { get; init; } = 0.5;
}
