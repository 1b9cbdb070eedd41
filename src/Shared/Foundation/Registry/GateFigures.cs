using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Error rates of a candidate and of the champion on the same recordings.</summary>
public sealed record GateFigures
{
    public const string Gate = "gate";
    public const string Hidden = "hidden";

    /// <summary><c>gate</c>, <c>hidden</c>, <c>speaker NAME</c>, <c>domain NAME</c>, <c>older labels</c>.</summary>
    public required string Name { get; init; }
    public required int Recordings { get; init; }
    [JsonPropertyName("cer")]
    public required double CharacterErrorRate { get; init; }
    [JsonPropertyName("wer")]
    public required double WordErrorRate { get; init; }
    /// <summary>Null: there is no champion.</summary>
    [JsonPropertyName("champion_cer")]
    public double? ChampionCharacterErrorRate { get; init; }
    [JsonPropertyName("champion_wer")]
    public double? ChampionWordErrorRate { get; init; }
    /// <summary>
    /// Candidate minus champion: the ends of the 95 % interval; null: no champion, or too few recordings for one.
    /// </summary>
    [JsonPropertyName("cer_difference")]
    public IReadOnlyList<double>? CharacterDifference { get; init; }
    [JsonPropertyName("wer_difference")]
    public IReadOnlyList<double>? WordDifference { get; init; }
    /// <summary>What the intervals resample: <c>speaker</c> or <c>recording</c>.</summary>
    public string? ResampledBy { get; init; }
}
