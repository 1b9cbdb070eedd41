namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Scores of a recognizer on held-out recordings.</summary>
/// <param name="WordErrorRate">0 and up.</param>
/// <param name="CharacterErrorRate">0 and up.</param>
sealed record GateScore(double WordErrorRate, double CharacterErrorRate);
