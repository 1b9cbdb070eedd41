namespace Ssl.Cli.Client;

/// <summary>A transcription as the service returned it, and the versions that made it.</summary>
sealed record ServiceAnswer(string Body, string ModelVersion, string EncoderVersion);
