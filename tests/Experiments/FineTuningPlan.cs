using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>A fine-tuning of a fixed number of updates.</summary>
sealed record FineTuningPlan(FineTuningRecipe Recipe, int Updates, int Seed);
