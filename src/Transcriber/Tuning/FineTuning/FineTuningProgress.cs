namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>A fine-tuning after an update.</summary>
/// <param name="Planned">Updates at which it ends, if neither the time nor the validation ends it before.</param>
/// <param name="Loss">Of this update, nats a letter.</param>
/// <param name="ValidationLoss">The last one; infinite: there is none.</param>
sealed record FineTuningProgress(int Updates, int Planned, double Loss, double ValidationLoss, TimeSpan Elapsed, HeldUp HeldUp);
