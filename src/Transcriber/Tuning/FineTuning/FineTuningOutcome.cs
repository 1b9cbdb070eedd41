using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>What a fine-tuning brought; the caller owns the recognizer.</summary>
/// <param name="AudioSeconds">Trained on, repetitions counted.</param>
/// <param name="Loss">Mean over the last updates, per letter; not a number when it diverged.</param>
sealed record FineTuningOutcome(Recognizer Recognizer, int Updates, double AudioSeconds, double Loss, TimeSpan Took);
