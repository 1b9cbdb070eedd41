namespace Ssl.Transcriber.Serving;

/// <summary>What a key is for.</summary>
[Flags]
enum KeyScope
{
    None = 0,
    Transcribe = 1, // /v1
    Admin = 2, // /admin
    Metrics = 4, // /metrics
}
