namespace Ssl.Cli.Demonstration;

/// <summary>How a recognizer version did at the gate: error on the held-out prompts, and when it came.</summary>
/// <param name="Elapsed">Since the demonstration started.</param>
sealed record RecognizerScore(int Number, int EncoderNumber, double CharacterErrorRate, double WordErrorRate, bool Promoted, TimeSpan Elapsed);
