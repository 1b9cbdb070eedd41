using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>A fine-tuned recognizer with its scores and the gate's verdict. Owns the recognizer.</summary>
/// <param name="PseudoLabels">Null: none were made.</param>
sealed record TunedCandidate(FineTuningOutcome Outcome, JudgedCandidate Judged, TrainingSet Train, PseudoLabels? PseudoLabels, FineTuningRecipe Recipe)
    : IDisposable
{
    public void Dispose() => Outcome.Recognizer.Dispose();
}
