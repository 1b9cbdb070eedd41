using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The whole answer to a recording, before it takes a format.</summary>
/// <param name="Words">Times from the start of the recording.</param>
/// <param name="Confidence">Mean probability of the best label over frames, 0 to 1.</param>
sealed record SpokenText(string Text, IReadOnlyList<TranscribedWord> Words, double Confidence, double DurationSeconds, int ModelNumber, int EncoderNumber);
