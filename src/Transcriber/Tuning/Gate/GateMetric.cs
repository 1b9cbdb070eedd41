namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>The figure that decides.</summary>
enum GateMetric
{
    /// <summary>Finer than words: it moves long before whole words come out right.</summary>
    CharacterErrorRate,
    WordErrorRate,
}
