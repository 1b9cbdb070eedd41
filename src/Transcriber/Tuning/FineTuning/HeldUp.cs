namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Time in which a fine-tuning did not train, by what held it up.</summary>
sealed record HeldUp
{
    /// <summary>Its thread waited for a core: serving, the Learner or other programs had it. With one thread; not known on a GPU.</summary>
    public TimeSpan Core { get; init; }
    public TimeSpan Validation { get; init; }
    public TimeSpan Checkpoints { get; init; }
    /// <summary>Between the last checkpoint of a process that ended, or was paused, and the one that went on.</summary>
    public TimeSpan Stopped { get; init; }
}
