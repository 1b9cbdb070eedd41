namespace Ssl.Transcriber.Serving.Http;

/// <summary>A request of the contract after its fields were read. <c>language</c> and <c>prompt</c> are accepted, but nothing here can use them.</summary>
/// <param name="Audio">Bytes of the uploaded file.</param>
/// <param name="ContentType">As the client claims; a hint, null when it says nothing of use.</param>
/// <param name="Words">Times of words are asked for.</param>
/// <param name="Segments">Times of segments are asked for.</param>
sealed record TranscriptionRequest(byte[] Audio, string? ContentType, string Model, ResponseFormat Format, string? Language, bool Words, bool Segments);
