using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Limits of a fine-tuning: it ends when the time or the updates are used up.</summary>
/// <param name="MaxUpdates">0: no limit.</param>
/// <param name="LastSpeed">Audio trained on per second in the previous fine-tuning; 0: unknown.</param>
sealed record FineTuningBudget(TimeSpan Time, int MaxUpdates, double LastSpeed = 0)
{
    const double AligningShare = 0.05;
    static readonly TimeSpan MaxAligning = TimeSpan.FromMinutes(5); // aligning reports no sign of life

    /// <summary>Used share, 0 and up; 1: the end. 0 at the first update, so that its rate does not depend on the clock.</summary>
    public double Progress(TimeSpan elapsed, int updates) =>
        updates == 0 ? 0 : Math.Max(elapsed / Time, MaxUpdates > 0 ? updates / (double)MaxUpdates : 0);

    /// <summary>Whether there is time to align more labels.</summary>
    public bool AllowsAligning(TimeSpan elapsed) => elapsed < Time * AligningShare && elapsed < MaxAligning;

    /// <summary>Audio that the fine-tuning is expected to train on, repetitions counted.</summary>
    public double ExpectedAudioSeconds(FineTuningRecipe recipe) =>
        MaxUpdates > 0 ? MaxUpdates * recipe.BatchAudioSeconds : LastSpeed * Time.TotalSeconds;

    /// <summary>Audio of a batch: the recipe's, or less if the time is too short for <see cref="FineTuningRecipe.MinUpdates"/>.</summary>
    /// <param name="trainedSeconds">Audio trained on in <paramref name="elapsed"/>.</param>
    public double BatchSeconds(FineTuningRecipe recipe, double trainedSeconds, TimeSpan elapsed)
    {
        if (MaxUpdates > 0)
            return recipe.BatchAudioSeconds; // must not depend on the clock
        var within = elapsed > TimeSpan.Zero ? trainedSeconds * (Time / elapsed) : 0;
        return Math.Clamp(within / recipe.MinUpdates, Math.Min(recipe.MinBatchAudioSeconds, recipe.BatchAudioSeconds),
            recipe.BatchAudioSeconds);
    }
}
