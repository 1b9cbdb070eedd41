namespace Ssl.Cli.Demonstration;

/// <summary>A held-out prompt as the service heard it, beside what was said.</summary>
sealed record SpokenExample(string Reference, string Text, int RecognizerNumber);
