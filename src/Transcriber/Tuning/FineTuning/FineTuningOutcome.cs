using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Result of a fine-tuning; the caller owns the recognizer.</summary>
/// <param name="AudioSeconds">Trained on, repetitions counted.</param>
/// <param name="Loss">Mean over the last updates, in nats a letter; not a number if it diverged.</param>
sealed record FineTuningOutcome(Recognizer Recognizer, int Updates, double AudioSeconds, double Loss, TimeSpan Took);
