using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>How long a fine-tuning is: so many updates, unless the time is up before.</summary>
/// <param name="Time">Limit. Batches shrink where it is too short for the updates.</param>
/// <param name="LastSpeed">Audio trained on per second in the previous fine-tuning; 0: unknown.</param>
sealed record FineTuningBudget(TimeSpan Time, int Updates, double LastSpeed = 0)
{
    const double AligningShare = 0.05;
    static readonly TimeSpan MaxAligning = TimeSpan.FromMinutes(5); // aligning reports no sign of life

    /// <summary>Of the service's rounds; null: batches of the recipe's size, and no early end.</summary>
    public RoundRecipe? Rules { get; init; }
    /// <summary>The first recognizer of a line: the smallest batches, and not given up for a newer encoder.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Used share, 0 and up; 1: the end. 0 at the first update, so that its rate does not depend on the clock.</summary>
    /// <param name="updates">Done or left out.</param>
    public double Progress(TimeSpan elapsed, int updates) =>
        updates == 0 ? 0 : Math.Max(elapsed / Time, updates / (double)Updates);

    /// <summary>Whether there is time to align more labels.</summary>
    public bool AllowsAligning(TimeSpan elapsed) => elapsed < Time * AligningShare && elapsed < MaxAligning;

    /// <summary>Audio that the fine-tuning is expected to train on, repetitions counted.</summary>
    /// <param name="epochSeconds">Audio to train on.</param>
    public double ExpectedAudioSeconds(FineTuningRecipe recipe, double epochSeconds)
    {
        var planned = Updates * PlannedBatchSeconds(recipe, epochSeconds);
        return LastSpeed > 0 ? Math.Min(planned, LastSpeed * Time.TotalSeconds) : planned;
    }

    /// <summary>How long it is expected to take; the limit where the speed is not known.</summary>
    /// <inheritdoc cref="ExpectedAudioSeconds"/>
    public TimeSpan ExpectedTime(FineTuningRecipe recipe, double epochSeconds) =>
        LastSpeed > 0 ? TimeSpan.FromSeconds(ExpectedAudioSeconds(recipe, epochSeconds) / LastSpeed) : Time;

    /// <summary>Audio of a batch.</summary>
    /// <param name="epochSeconds">Audio to train on.</param>
    /// <param name="trainedSeconds">Audio trained on in <paramref name="elapsed"/>; 0: batches have the planned size.</param>
    public double BatchSeconds(FineTuningRecipe recipe, double epochSeconds, double trainedSeconds, TimeSpan elapsed)
    {
        var planned = PlannedBatchSeconds(recipe, epochSeconds);
        if (trainedSeconds == 0 || elapsed <= TimeSpan.Zero)
            return planned;
        var within = trainedSeconds * (Time / elapsed) / Math.Min(Updates, recipe.MinUpdates);
        return Math.Clamp(within, Math.Min(recipe.MinBatchAudioSeconds, planned), planned);
    }

    double PlannedBatchSeconds(FineTuningRecipe recipe, double epochSeconds)
    {
        var smallest = Math.Min(recipe.MinBatchAudioSeconds, recipe.BatchAudioSeconds);
        return Rules is null ? recipe.BatchAudioSeconds
            : IsFirst ? smallest : Math.Clamp(epochSeconds / Rules.EpochBatches, smallest, recipe.BatchAudioSeconds);
    }
}
