namespace Ssl.Transcriber.Serving.Http;

/// <summary>A model of <c>/v1/models</c>: the contract's fields, then where it comes from and how it did at the gate.</summary>
/// <param name="Created">Unix seconds.</param>
/// <param name="Version">Registry number of the recognizer.</param>
/// <param name="EncoderVersion">Registry number of its encoder.</param>
/// <param name="Cer">Character error rate on the held-out labels.</param>
/// <param name="Wer">Word error rate on the held-out labels.</param>
/// <param name="Aliases">champion, candidate, previous: those that point at it now.</param>
/// <param name="Health">The gate's verdict.</param>
sealed record ModelBody(string Id, string Object, long Created, string OwnedBy, int Version, int EncoderVersion, double? Cer, double? Wer, IReadOnlyList<string> Aliases, string Health);
