using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Result of a fine-tuning; the caller owns the recognizer.</summary>
/// <param name="AudioSeconds">Trained on, repetitions counted.</param>
/// <param name="Loss">Mean over the last updates, in nats a letter; not a number if it diverged.</param>
sealed record FineTuningOutcome(Recognizer Recognizer, int Updates, double AudioSeconds, double Loss, TimeSpan Took)
{
    public FineTuningEnd Ended { get; init; }
    public HeldUp HeldUp { get; init; } = new();
    /// <summary>Of the weights returned; infinite: nothing was held out for validation.</summary>
    public double ValidationLoss { get; init; } = double.PositiveInfinity;
}

/// <summary>What ended a fine-tuning.</summary>
enum FineTuningEnd
{
    Planned, // all updates are done
    Settled, // the validation loss no longer fell
    OutOfTime,
    Diverged,
}
