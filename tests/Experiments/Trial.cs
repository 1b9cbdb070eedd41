namespace Ssl.Experiments;

/// <summary>One condition of an experiment, and how its figures are found.</summary>
/// <param name="Recipes">What is used today.</param>
/// <param name="Measure">Trains and scores, which takes minutes; data are read no earlier.</param>
sealed record Trial(Condition Condition, Recipes Recipes, Func<Figures> Measure);
