namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Scores of a candidate and of the champion on the same recordings, and the decision.</summary>
/// <param name="Champion">Null: there is none yet.</param>
sealed record JudgedCandidate(GateScore Candidate, GateScore? Champion, GateVerdict Verdict);
