namespace Ssl.Transcriber.Serving;

/// <summary>Options under <c>Transcriber:Serving:Keys:{name}</c>; an edit of the file holds within seconds.</summary>
sealed record ApiKeyOptions
{
    /// <summary>SHA-256 of the key in 64 hexadecimal digits, as `ssl keys new NAME` prints it; the key itself is kept nowhere.</summary>
    public string Hash { get; init; } = "";
    /// <summary>
    /// What the key is for, separated by commas. Transcription needs a key once one has <c>transcribe</c>, /metrics once one has
    /// <c>metrics</c>; the admin paths are off until one has <c>admin</c>.
    /// </summary>
    public KeyScope Scopes { get; init; } = KeyScope.Transcribe;
    public LimitOptions Limits { get; init; } = new();
}
