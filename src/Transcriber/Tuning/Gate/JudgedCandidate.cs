using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>A candidate's score, the champion's on the same recordings, and what follows.</summary>
/// <param name="Champion">Null: nothing served yet.</param>
/// <param name="ChampionNumber">The version that served, which after a damaged champion is not the one the alias names.</param>
/// <param name="Aliases">As they stood when it was judged.</param>
sealed record JudgedCandidate(
    GateScore Candidate, GateScore? Champion, int? ChampionNumber, GateVerdict Verdict, IReadOnlyDictionary<string, AliasEntry> Aliases);
