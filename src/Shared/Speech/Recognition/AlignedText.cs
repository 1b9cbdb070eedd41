using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>The words of a known text, laid on its audio.</summary>
/// <param name="Cost">Of the most probable alignment, in nats a letter, never less than the CTC loss: how little a recognizer finds the text in the audio.</param>
public sealed record AlignedText(IReadOnlyList<TranscribedWord> Words, double Cost);
