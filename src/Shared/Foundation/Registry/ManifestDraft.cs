using System.Text.Json.Nodes;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>What a writer says of a version; the registry adds number, hashes, time, software version and epoch.</summary>
public record ManifestDraft
{
    /// <summary>Version of the same kind that it grew from.</summary>
    public int? Parent { get; init; }
    /// <summary>Of a recognizer: its line; null: the default line.</summary>
    public string? Line { get; init; }
    /// <summary>Of a recognizer: the encoder it was fine-tuned from.</summary>
    public int? EncoderNumber { get; init; }
    /// <summary>
    /// Of an encoder that came with an imported recognizer: that recognizer, whose weights are also its own. Null: it has weights itself.
    /// </summary>
    public int? RecognizerNumber { get; init; }
    /// <summary>Seconds of audio heard in pretraining, repetitions counted.</summary>
    public double AudioSecondsTrained { get; init; }
    public long Steps { get; init; }
    public IReadOnlyList<StreamPosition> Watermark { get; init; } = [];
    /// <summary>Null: nothing was measured.</summary>
    public ModelScores? Scores { get; init; }
    /// <summary><see cref="Recipe.ToJson"/> by purpose: pretraining, fine_tuning, decoding. Null: not recorded.</summary>
    public IReadOnlyDictionary<string, JsonObject>? Recipes { get; init; }
    /// <summary>Of a recognizer that a gate judged.</summary>
    public GateReport? Gate { get; init; }
    /// <summary>Verdict, see <see cref="ModelHealth"/>; of an imported recognizer that does not serve, where it came from.</summary>
    public string Health { get; init; } = "";
}
