using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>Text of one clip.</summary>
/// <param name="Confidence">Mean probability of the best label over frames, 0 to 1.</param>
public sealed record Transcription(string Text, IReadOnlyList<TranscribedWord> Words, double Confidence);
