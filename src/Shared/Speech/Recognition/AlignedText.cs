using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>The words of a known text, aligned with its audio.</summary>
/// <param name="Cost">
/// Of the most probable alignment, in nats a letter; at least the CTC loss. A high cost means that the audio does not match the text.
/// </param>
public sealed record AlignedText(IReadOnlyList<TranscribedWord> Words, double Cost);
