using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ssl.Shared.Speech.Model;
using Ssl.TestKit;

namespace Ssl.Speech.Tests.Model;

/// <summary>
/// Names and shapes of every size stand in an approved text (<c>state-dicts.txt</c>) and are transformers'. Layers are written once, with
/// their number.
/// </summary>
public sealed partial class StateDictTests
{
    const int VocabularySize = 32;

    // w2v-BERT 2.0 as published
    static readonly Wav2Vec2BertConfig W2vBert = new()
    {
        HiddenSize = 1024,
        NumHiddenLayers = 24,
        NumAttentionHeads = 16,
        IntermediateSize = 4096,
        PositionEmbedding = PositionEmbedding.RelativeKey,
    };

    [Fact]
    public void All_sizes_are_as_approved()
    {
        var found = new StringBuilder();
        foreach (var (name, config) in new (string, EncoderConfig)[] { ("Tiny", Wav2Vec2BertConfig.Tiny),
            ("Small", Wav2Vec2BertConfig.Small), ("W2vBert", W2vBert), ("Base", Wav2Vec2Config.Base), ("Large", Wav2Vec2Config.Large) })
            found.Append(name).Append('\n').AppendJoin('\n', Ours(config)).Append("\n\n");
        var approved = Path.Combine(SharedFolder.RepositoryRoot, "tests", "Speech.Tests", "Model", "state-dicts.txt");
        if (File.Exists(approved) && File.ReadAllText(approved) == found.ToString())
            return;
        var received = Path.ChangeExtension(approved, ".received.txt");
        File.WriteAllText(received, found.ToString());
        Assert.Fail($"names or shapes have changed: compare {received} with {approved}, and put it in its place where that is meant");
    }

    [Fact]
    public void Base_is_the_reference_s() => AssertSame(Reference("shapes.json", "base", "ctc"), Wav2Vec2Config.Base);

    [Fact]
    public void Large_is_the_reference_s() => AssertSame(Reference("shapes.json", "large", "ctc"), Wav2Vec2Config.Large);

    [Fact]
    public void The_600_million_of_w2v_BERT_are_the_reference_s() => AssertSame(Reference("wav2vec2-bert/shapes-600m.json"), W2vBert);

    static void AssertSame(IEnumerable<(string Name, long[] Shape)> reference, EncoderConfig config) =>
        Assert.Equal(Describe(reference, 1), Ours(config));

    /// <summary>Of one layer, counted as many times as there are.</summary>
    static IReadOnlyList<string> Ours(EncoderConfig config)
    {
        using var model = new CtcModel(SpeechEncoder.Create(config with { NumHiddenLayers = 1 }, seed: 0), VocabularySize);
        return Describe(model.state_dict().Select(t => (t.Key, t.Value.shape)), config.NumHiddenLayers);
    }

    static IReadOnlyList<string> Describe(IEnumerable<(string Name, long[] Shape)> tensors, int layers) =>
    [
        .. tensors.GroupBy(t => $"{Layer().Replace(t.Name, "encoder.layers.*.")} [{string.Join(", ", t.Shape)}]")
            .Select(g => g.Key.Contains('*', StringComparison.Ordinal) ? $"{g.Count() * layers} x {g.Key}" : g.Key)
            .Order(StringComparer.Ordinal),
    ];

    static IEnumerable<(string, long[])> Reference(string file, params string[] path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Reference(file)));
        var node = path.Aggregate(json.RootElement, (element, key) => element.GetProperty(key));
        return [.. node.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array)
            .Select(p => (p.Name, p.Value.EnumerateArray().Select(d => d.GetInt64()).ToArray()))];
    }

    [GeneratedRegex(@"encoder\.layers\.\d+\.")]
    private static partial Regex Layer();
}
