namespace Ssl.Transcriber.Serving.Http;

/// <summary>Body of every answer that is not a success.</summary>
sealed record ErrorBody(ApiError Error);
