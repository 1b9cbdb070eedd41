using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>A fine-tuning that ends after a number of updates, not after a time: its result depends on seed and data alone.</summary>
sealed record FineTuningPlan(FineTuningRecipe Recipe, int Updates, int Seed)
{
    /// <summary>For an encoder with random weights: no phase in which only the head is trained, and all convolutions are.</summary>
    public FineTuningPlan FromScratch() => this with { Recipe = Recipe with { HeadOnlyShare = 0, FreezeFeatureEncoder = false } };
}
