using System.Text.Json.Serialization;

namespace Ssl.Experiments;

/// <summary>What came out of one condition.</summary>
/// <param name="Figures">By name.</param>
/// <param name="Recipe">The defaults that it was measured with; null: before these were noted.</param>
sealed record Measurement(Dictionary<string, double> Figures, string? Recipe = null)
{
    /// <summary>With today's defaults.</summary>
    [JsonIgnore]
    public bool IsOfToday => Recipe == Experiments.Recipe.Name;

    /// <summary>Behind a condition's name wherever its figures are shown.</summary>
    [JsonIgnore]
    public string Mark => IsOfToday ? "" : " (earlier defaults)";
}
