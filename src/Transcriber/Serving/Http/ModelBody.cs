namespace Ssl.Transcriber.Serving.Http;

/// <summary>A model of <c>/v1/models</c>: the contract's fields, then origin and scores.</summary>
/// <param name="Created">Unix seconds.</param>
/// <param name="Version">Registry number of the recognizer.</param>
/// <param name="EncoderVersion">Registry number of its encoder.</param>
/// <param name="Cer">Character error rate on the held-out labels.</param>
/// <param name="Wer">Word error rate on the held-out labels.</param>
/// <param name="Aliases">Those of champion, candidate and previous that point at it.</param>
/// <param name="Health">The gate's verdict.</param>
sealed record ModelBody(
    string Id, string Object, long Created, string OwnedBy, int Version, int EncoderVersion, double? Cer, double? Wer,
    IReadOnlyList<string> Aliases, string Health);

/// <summary>Answer of <c>/v1/models</c>.</summary>
sealed record ModelListBody(string Object, IReadOnlyList<ModelBody> Data);
