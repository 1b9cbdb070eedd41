namespace Ssl.Cli.Demonstration;

/// <summary>A recognizer version's scores on the held-out prompts.</summary>
/// <param name="Elapsed">From the start of the demonstration to its publication.</param>
sealed record RecognizerScore(
    int Number, int EncoderNumber, double CharacterErrorRate, double WordErrorRate, bool Promoted, TimeSpan Elapsed);
