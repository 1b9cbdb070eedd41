namespace Ssl.Experiments;

/// <summary>A line of a results file.</summary>
/// <param name="Recipes">What was used.</param>
sealed record Measurement(Condition Condition, Recipes Recipes, Figures Figures);
