using System.Text.Json.Nodes;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>What a writer says of a version; the registry adds number, hashes, time, software version and epoch.</summary>
public record ManifestDraft
{
    /// <summary>Version of the same kind that it grew from.</summary>
    public int? Parent { get; init; }

    /// <summary>Of a recognizer: the encoder it was fine-tuned from.</summary>
    public int? EncoderNumber { get; init; }

    /// <summary>Seconds of audio heard in pretraining, repetitions counted.</summary>
    public double AudioSecondsTrained { get; init; }

    public long Steps { get; init; }

    public IReadOnlyList<StreamPosition> Watermark { get; init; } = [];

    /// <summary>Figures by name, e.g. <c>cer</c>, <c>wer</c>, <c>code_perplexity</c>.</summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>();

    /// <summary>What made this version, by purpose (<c>pretraining</c>, <c>fine_tuning</c>, <c>decoding</c>): see <see cref="Recipe.ToJson"/>. Null: not recorded.</summary>
    public IReadOnlyDictionary<string, JsonObject>? Recipes { get; init; }

    /// <summary>Verdict: of an encoder <c>healthy</c>; of a recognizer <c>promoted</c> or <c>refused: reason</c>.</summary>
    public string Health { get; init; } = "";
}
