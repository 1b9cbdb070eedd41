namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>How long a fine-tuning goes on: until the time or the updates are used up, whichever is first.</summary>
/// <param name="MaxUpdates">0: time alone decides.</param>
sealed record FineTuningBudget(TimeSpan Time, int MaxUpdates)
{
    const double AligningShare = 0.05;
    static readonly TimeSpan MostAligning = TimeSpan.FromMinutes(5); // nobody hears from it meanwhile

    /// <summary>Share that is used up, 0 and up; 1: the end. The first update stands at 0 exactly: a few milliseconds in its rate would make every run another.</summary>
    public double Progress(TimeSpan elapsed, int updates) =>
        updates == 0 ? 0 : Math.Max(elapsed / Time, MaxUpdates > 0 ? updates / (double)MaxUpdates : 0);

    /// <summary>Whether to go on looking for words in the labels.</summary>
    public bool AllowsAligning(TimeSpan elapsed) => elapsed < Time * AligningShare && elapsed < MostAligning;

    /// <summary>Audio of the next updates: as wished, but less where time would end before <see cref="FineTuningOptions.LeastUpdates"/>.</summary>
    /// <param name="trainedSeconds">Audio trained on in <paramref name="elapsed"/>.</param>
    public double BatchSeconds(FineTuningOptions options, double trainedSeconds, TimeSpan elapsed)
    {
        if (MaxUpdates > 0)
            return options.BatchAudioSeconds; // must not depend on the clock
        var within = elapsed > TimeSpan.Zero ? trainedSeconds * (Time / elapsed) : 0;
        return Math.Clamp(within / options.LeastUpdates, Math.Min(options.LeastBatchAudioSeconds, options.BatchAudioSeconds), options.BatchAudioSeconds);
    }
}
