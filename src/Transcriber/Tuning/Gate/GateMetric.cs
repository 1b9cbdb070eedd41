namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>The error rate that decides.</summary>
enum GateMetric
{
    /// <summary>Falls long before whole words are right.</summary>
    CharacterErrorRate,
    WordErrorRate,
}
