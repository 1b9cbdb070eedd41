namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>How far a fine-tuning is, without its tensors.</summary>
sealed record FineTuningState
{
    public int Updates { get; init; }
    /// <summary>Null: it goes on, or its updates or its time are used up.</summary>
    public FineTuningEnd? Ended { get; init; }
    /// <summary>Updates of the constant rate that were left out because the validation loss no longer fell.</summary>
    public int LeftOut { get; init; }
    /// <summary>Trained on, repetitions counted.</summary>
    public double AudioSeconds { get; init; }
    /// <summary>Time of all processes that worked on it.</summary>
    public TimeSpan Elapsed { get; init; }
    public HeldUp HeldUp { get; init; } = new();
    /// <summary>Whether it began from a former recognizer.</summary>
    public bool IsWarm { get; init; }
    /// <summary>Of the vocabulary.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];
    /// <summary>Random numbers drawn.</summary>
    public long Drawn { get; init; }
    public CurriculumState? Curriculum { get; init; }
    public ValidationState Validation { get; init; } = new();
    public DateTimeOffset Saved { get; init; }
}
