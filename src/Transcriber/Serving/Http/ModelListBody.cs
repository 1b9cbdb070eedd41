namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer of <c>/v1/models</c>.</summary>
sealed record ModelListBody(string Object, IReadOnlyList<ModelBody> Data);
