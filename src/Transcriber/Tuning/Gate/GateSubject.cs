using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>A recognizer at the gate.</summary>
/// <param name="WeightBytes">Memory of its weights; 0: unknown.</param>
sealed record GateSubject(Transcribe Transcribe, long WeightBytes)
{
    /// <summary>Whether its weights, and the loss of its training, are numbers.</summary>
    public bool IsFinite { get; init; } = true;
    /// <summary>Of the champion: <see cref="GateReport.Labels"/> of its own judgement; null: not known.</summary>
    public string? JudgedOn { get; init; }
}
