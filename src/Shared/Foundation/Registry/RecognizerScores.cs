using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Figures of a recognizer at the gate, on the held-out recordings of its time, and of the fine-tuning that made it.</summary>
public sealed record RecognizerScores : ModelScores
{
    /// <summary>0 and up, as all error rates.</summary>
    [JsonPropertyName("cer")]
    public double CharacterErrorRate { get; init; }
    [JsonPropertyName("wer")]
    public double WordErrorRate { get; init; }
    /// <summary>Of the champion of that time, on the same recordings; null: there was none.</summary>
    [JsonPropertyName("champion_cer")]
    public double? ChampionCharacterErrorRate { get; init; }
    [JsonPropertyName("champion_wer")]
    public double? ChampionWordErrorRate { get; init; }
    public double HeldOutRecordings { get; init; }
    public double HeldOutSeconds { get; init; }
    /// <summary>Audio with pseudo-labels that it was trained on beside the labelled recordings.</summary>
    public double PseudoLabelSeconds { get; init; }
    public double FineTuningUpdates { get; init; }
    /// <summary>Audio trained on, repetitions counted.</summary>
    public double FineTuningAudioSeconds { get; init; }
    /// <summary>Wall-clock time.</summary>
    public double FineTuningSeconds { get; init; }
    public double FineTuningLoss { get; init; }
}
