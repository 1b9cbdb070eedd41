using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>Weights in the forms that writers leave them in, and weights that do not fit.</summary>
public sealed class FolderWeightsTests : CopiedFolderTests
{
    const string Index = Weights + ".index.json";

    [Theory]
    [InlineData(ScalarType.Float16, 2e-2)]
    [InlineData(ScalarType.BFloat16, 1e-1)]
    public void Weights_of_half_the_bytes_are_read(ScalarType type, double limit)
    {
        Take("layer-prenorm/ctc");
        using var exact = ModelFolder.LoadRecognizer(folder.Path);
        Rewrite(tensors => tensors.ToDictionary(t => t.Key, t => t.Value.to(type)));
        using var rounded = ModelFolder.LoadRecognizer(folder.Path);
        Assert.All(rounded.Model.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
        using var scope = NewDisposeScope();
        Assert.InRange((Logits(exact) - Logits(rounded)).abs().max().item<float>(), 1e-6, limit * Logits(exact).abs().max().item<float>());
    }

    [Fact]
    public void Shards_with_an_index_are_one_model()
    {
        Take("group-postnorm/ctc");
        using var whole = ModelFolder.LoadRecognizer(folder.Path);
        var map = Split();
        Assert.True(map.Select(m => (string?)m.Value).Distinct().Count() == 3);
        using var sharded = ModelFolder.LoadRecognizer(folder.Path);
        AssertSameAnswers(whole, sharded);
    }

    [Theory]
    [InlineData("../model-00001.safetensors", "is not the name of a safetensors file beside it")]
    [InlineData("weights.bin", "is not the name of a safetensors file beside it")]
    [InlineData("model-00009.safetensors", "is missing")]
    [InlineData("model-00002.safetensors", "in this shard")]
    public void A_shard_that_is_not_where_the_index_says_is_named(string shard, string expected)
    {
        Take("group-postnorm/ctc");
        var map = Split();
        map[map.First(m => (string?)m.Value == "model-00001.safetensors").Key] = shard;
        File.WriteAllText(folder.File(Index), new JsonObject { ["weight_map"] = map.DeepClone() }.ToJsonString());
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path)).Message);
    }

    [Fact]
    public void An_index_that_leads_out_of_its_folder_is_refused()
    {
        Take("group-postnorm/ctc");
        var map = Split();
        var key = map.First().Key;
        foreach (var vector in Traversals.All.SelectMany(v => (string[])[v, v + ".safetensors"]))
        {
            map[key] = vector;
            File.WriteAllText(folder.File(Index), new JsonObject { ["weight_map"] = map.DeepClone() }.ToJsonString());
            var refused = Assert.Throws<InvalidModelException>(() => ModelWeights.Open(folder.Path));
            Assert.True(refused.Message.EndsWith("beside it", StringComparison.Ordinal)
                || refused.Message.EndsWith("is missing", StringComparison.Ordinal), refused.Message);
        }
        Assert.All(Traversals.All, vector => Assert.Contains("no adapter for the language",
            Assert.Throws<InvalidModelException>(() => ModelWeights.Open(folder.Path, vector)).Message));
    }

    [Theory]
    [InlineData("nan", "lm_head.bias holds values that are not finite")]
    [InlineData("shape", "lm_head.bias has shape [31], expected [32]")]
    [InlineData("missing", "lm_head.bias is missing")]
    [InlineData("more", "lm_head.scale is not part of this model")]
    public void Weights_that_do_not_fit_are_refused_by_name(string fault, string expected)
    {
        Take("wav2vec2-bert/rotary");
        Rewrite(tensors =>
        {
            if (fault == "nan")
                tensors["lm_head.bias"] = full(32, float.NaN);
            else if (fault == "shape")
                tensors["lm_head.bias"] = zeros(31);
            else if (fault == "missing")
                tensors.Remove("lm_head.bias");
            else
                tensors["lm_head.scale"] = zeros(32);
            return tensors;
        });
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path)).Message);
    }

    [Theory]
    [InlineData("group-postnorm/ctc", "hidden_size", 131_072, "its shape needs at least")]
    [InlineData("group-postnorm/ctc", "num_hidden_layers", 1024, "its shape needs at least")]
    [InlineData("wav2vec2-bert/rotary", "intermediate_size", 131_072, "its shape needs at least")]
    [InlineData("wav2vec2-bert/rotary", "num_hidden_layers", 1024, "its shape needs at least")]
    [InlineData("wav2vec2-bert/rotary", "hidden_size", -4, "hidden_size is -4")]
    [InlineData("wav2vec2-bert/rotary", "num_attention_heads", 5, "num_attention_heads is 5")]
    public void An_impossible_shape_is_refused_before_anything_is_allocated(string reference, string key, int value, string expected)
    {
        Take(reference);
        var config = Json(folder.File("config.json"));
        config[key] = value;
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path));
        Assert.Contains(expected, failure.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    /// <summary>Into three shards and an index.</summary>
    JsonObject Split()
    {
        using var scope = NewDisposeScope();
        var tensors = SafetensorsFile.Read(folder.File(Weights));
        File.Delete(folder.File(Weights));
        var map = new JsonObject();
        foreach (var (shard, number) in tensors.Chunk(tensors.Count / 3 + 1).Select((shard, i) => (shard, i + 1)))
        {
            var name = $"model-0000{number}.safetensors";
            SafetensorsFile.Write(folder.File(name), shard.Select(t => (t.Key, t.Value)));
            foreach (var (key, _) in shard)
                map[key] = name;
        }
        File.WriteAllText(folder.File(Index),
            new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map.DeepClone() }.ToJsonString());
        return map;
    }
}
