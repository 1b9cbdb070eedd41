using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Recordings that the gate scores on; none was trained on.</summary>
/// <param name="Gate">Every candidate is scored on it.</param>
/// <param name="Hidden">Only a candidate that is better on the gate set: what is looked at often is overfit. May be empty.</param>
/// <param name="Policy">Of the labels; applied to transcripts too, so that a champion of another policy is compared fairly.</param>
sealed record GateSets(IReadOnlyList<LabelledUtterance> Gate, IReadOnlyList<LabelledUtterance> Hidden, TextPolicy Policy);
