using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Recipes;

/// <summary>How long a round of the service is, measured (docs/lab). A share is 0 to 1.</summary>
sealed record RoundRecipe : Recipe
{
    public override string Name { get; init; } = "round-2026-11";
    /// <summary>Updates of the first recognizer of a line, of <see cref="FineTuningRecipe.MinBatchAudioSeconds"/>: it comes soon.</summary>
    public int FirstUpdates { get; init; } = 600;
    /// <summary>Updates of each later one.</summary>
    public int Updates { get; init; } = 1000;
    /// <summary>
    /// Batches in an epoch, where they are neither smaller than <see cref="FineTuningRecipe.MinBatchAudioSeconds"/> nor larger than
    /// <see cref="FineTuningRecipe.BatchAudioSeconds"/>: 13 minutes of labels are learnt in batches of 20 s, an hour in batches of 40 s.
    /// </summary>
    public int EpochBatches { get; init; } = 40;
    /// <summary>
    /// Recordings to train on from which some are held out for validation. Of 400 it cost more than it saved (docs/lab, one seed).
    /// </summary>
    public int MinValidatedRecordings { get; init; } = 1000;
    /// <summary>Share of the recordings held out for validation; at most <see cref="MaxValidationSeconds"/> of audio.</summary>
    public double ValidationShare { get; init; } = 0.05;
    public double MaxValidationSeconds { get; init; } = 60;
    /// <summary>Updates between two validations.</summary>
    public int ValidationUpdates { get; init; } = 50;
    /// <summary>The loss falls as long as it is lower by this share of itself.</summary>
    public double MinFall { get; init; } = 0.01;
    /// <summary>Share of the updates after which a loss that no longer falls ends the constant rate, or the round.</summary>
    public double Patience { get; init; } = 0.15;
    /// <summary>Share of the updates below which a round is given up for a newer encoder.</summary>
    public double OvertakenShare { get; init; } = 0.25;
}
