namespace Ssl.Cli.Demonstration;

/// <summary>A held-out prompt: its words and a transcript.</summary>
sealed record SpokenExample(string Reference, string Text, int RecognizerNumber);
