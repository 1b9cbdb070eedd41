using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Reads the labelled set whenever its manifest changes, and logs what is wrong with it. Used by one thread.</summary>
sealed class LabelFollower(LabelledSetReader reader, LabelOptions options, ILogger<LabelFollower> logger)
{
    /// <summary>False: there is nothing to train on.</summary>
    public bool HasManifest => options.ManifestPath is not null;

    /// <summary>Waits for a labelled set that can be used.</summary>
    /// <param name="beat">Called at each try.</param>
    public LabelledSet Read(Action beat, CancellationToken ct)
    {
        while (true)
        {
            beat();
            var set = reader.Read(options.ManifestPath!, out var isNew);
            if (isNew)
                Report(set);
            if (set.Unusable is null)
                return set;
            ct.WaitHandle.WaitOne(options.RetryEvery);
            ct.ThrowIfCancellationRequested();
        }
    }

    void Report(LabelledSet set)
    {
        logger.LabelProblems([.. set.Problems.Select(p => p.ToString())]);
        if (set.Unusable is { } reason)
            logger.LabelsUnusable(reason);
        else
            logger.LabelsRead(set.Train.Count, set.TrainSeconds, set.HeldOut.Count, set.HeldOutSeconds);
    }
}
