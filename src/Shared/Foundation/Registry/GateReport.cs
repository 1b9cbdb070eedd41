using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>The gate's judgement of a recognizer: <c>gate</c> of its manifest.</summary>
public sealed record GateReport
{
    /// <summary>One of the constants of <see cref="GateVerdicts"/>.</summary>
    public required string Verdict { get; init; }
    /// <summary>For the operator, the decisive one first.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
    /// <summary>Why a better one is not promoted by the gate: it harms a speaker or a domain, or costs too much. Null: it may be.</summary>
    public string? Held { get; init; }
    /// <summary>Whether the champion that it was compared with is not a recognizer at all: nothing that it writes counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ReplacesBroken { get; init; }
    /// <summary>Whether its error on the gate set is lower than the champion's, significantly or not.</summary>
    public bool Leads { get; init; }
    /// <summary>The gate set; the hidden set where it was needed; slices of the gate set.</summary>
    public IReadOnlyList<GateFigures> Sets { get; init; } = [];
    /// <summary>Fingerprints of the recordings of the gate set, by which later gates know the older labels.</summary>
    public string? Labels { get; init; }
    /// <summary>Time of transcribing, as a multiple of the champion's; null: not measured.</summary>
    public double? TimeRatio { get; init; }
    /// <summary>Memory of the weights, as a multiple of the champion's; null: not measured.</summary>
    public double? MemoryRatio { get; init; }

    [JsonIgnore]
    public bool MayServe => Verdict == GateVerdicts.Better && Held is null;
    [JsonIgnore]
    public string Why => string.Join("; ", Held is null ? Reasons : [$"held: {Held}", .. Reasons]);
    [JsonIgnore]
    public string Health => MayServe ? ModelHealth.Passed(Why) : ModelHealth.Refused(Held is null ? $"{Verdict}: {Why}" : Why);
}
