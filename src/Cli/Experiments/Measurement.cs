namespace Ssl.Cli.Experiments;

/// <summary>What came out of one condition.</summary>
/// <param name="Recipe">The defaults that it was measured with; null: before these were noted.</param>
/// <param name="Figures">By name.</param>
sealed record Measurement(string? Recipe, Dictionary<string, double> Figures)
{
    /// <summary>With today's defaults.</summary>
    public bool IsOfToday => Recipe == Experiments.Recipe.Name;
}
