using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>Folders as other writers leave them: whatever form the weights and the describing files have, the same model comes out, or a reason.</summary>
public sealed class ImportedFolderTests : IDisposable
{
    const string Weights = "model.safetensors";
    const string Index = Weights + ".index.json";

    readonly TemporaryFolder folder = new();
    readonly ReadOnlyMemory<short> clip = TestAudio.Bursts(2).AsMemory(0, 24_000);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("group-postnorm/ctc")]
    [InlineData("layer-prenorm/ctc")]
    [InlineData("wav2vec2-bert/relative-key")]
    [InlineData("wav2vec2-bert/rotary")]
    public void What_is_saved_again_is_the_same_model_in_the_same_layout(string reference)
    {
        Take(reference);
        using var first = ModelFolder.LoadRecognizer(folder.Path);
        using var saved = new TemporaryFolder();
        ModelFolder.SaveRecognizer(saved.Path, first);
        using var second = ModelFolder.LoadRecognizer(saved.Path);
        AssertSameAnswers(first, second);

        var layout = reference.StartsWith("wav2vec2-bert", StringComparison.Ordinal) ? "Wav2Vec2Bert" : "Wav2Vec2";
        Assert.Equal(layout + "ForCTC", (string?)Json(saved.File("config.json"))["architectures"]![0]);
        Assert.Equal(layout == "Wav2Vec2" ? "Wav2Vec2FeatureExtractor" : "SeamlessM4TFeatureExtractor", (string?)Json(saved.File("preprocessor_config.json"))["feature_extractor_type"]);
        var (original, again) = (Json(folder.File("config.json")), Json(saved.File("config.json")));
        Assert.All(again.Where(f => f.Key != "architectures" && original.ContainsKey(f.Key)), f => Assert.Equal(Plain(original[f.Key]), Plain(f.Value)));

        using var scope = NewDisposeScope();
        var before = SafetensorsFile.Read(folder.File(Weights));
        var after = SafetensorsFile.Read(saved.File(Weights));
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, t => Assert.True(t.Value.equal(after[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void N_grams_of_a_folder_decide_what_it_reads_and_are_saved_with_it()
    {
        Take("wav2vec2-bert/relative-key");
        using var alone = ModelFolder.LoadRecognizer(folder.Path);
        File.Copy(SharedFolder.Reference("words.arpa"), folder.File(ModelFolder.LanguageModelFile));
        using var first = ModelFolder.LoadRecognizer(folder.Path, new DecodingRecipe { WordModelWeight = 5 });
        var words = first.LanguageModel!.Tokens.ToHashSet();
        Assert.DoesNotContain(alone.Transcribe([clip])[0].Words, w => words.Contains(w.Word));
        var heard = first.Transcribe([clip])[0];
        Assert.Equal(heard.Text, string.Join(' ', heard.Words.Select(w => w.Word)));
        Assert.NotEqual(alone.Transcribe([clip])[0].Text, heard.Text);
        Assert.Equal(alone.Transcribe([clip])[0].Text, first.Transcribe([clip], TextReading.Greedy)[0].Text);
        Assert.All(heard.Words, w => Assert.InRange(w.StartSeconds, 0, w.EndSeconds));

        using var saved = new TemporaryFolder();
        ModelFolder.SaveRecognizer(saved.Path, first);
        using var second = ModelFolder.LoadRecognizer(saved.Path, new DecodingRecipe { WordModelWeight = 5 });
        Assert.Equal(heard.Text, second.Transcribe([clip])[0].Text);
    }

    [Fact]
    public void Known_words_of_a_folder_count_beside_n_grams_of_letters_and_are_saved_with_it()
    {
        Take("wav2vec2-bert/relative-key");
        using var alone = ModelFolder.LoadRecognizer(folder.Path);
        string[] texts = ["zebra", "zebra", "zebra"];
        ArpaFile.Write(folder.File(ModelFolder.LanguageModelFile), LetterNGrams.Estimate(texts, 2, alone.Vocabulary));
        ArpaFile.Write(folder.File(ModelFolder.WordsFile), KnownWords.Estimate(texts));
        using var first = ModelFolder.LoadRecognizer(folder.Path, OneWord);
        Assert.Equal("zebra", first.Transcribe([clip])[0].Text);

        using var saved = new TemporaryFolder();
        ModelFolder.SaveRecognizer(saved.Path, first);
        using var second = ModelFolder.LoadRecognizer(saved.Path, OneWord);
        Assert.Equal("zebra", second.Transcribe([clip])[0].Text);
        using var without = ModelFolder.LoadRecognizer(saved.Path, OneWord with { KnownWordWeight = 0 });
        var byLetters = without.Transcribe([clip])[0].Text;
        Assert.NotEqual("zebra", byLetters);
        Assert.Equal(byLetters, first.Transcribe([clip], TextReading.Letters)[0].Text);
    }

    /// <summary>Of an untrained model, next to nothing counts but which words are known.</summary>
    static DecodingRecipe OneWord { get; } = new() { LetterModelWeight = 0, LetterBonus = -5, MinLabelScore = -100, MinBeamScore = -100, BeamWidth = 64, KnownWordWeight = 100 };

    [Fact]
    public void N_grams_with_a_fault_are_refused_by_line()
    {
        Take("wav2vec2-bert/relative-key");
        File.WriteAllText(folder.File(ModelFolder.LanguageModelFile), "\\data\\\nngram 1=1\n\n\\1-grams:\nNaN a\n");
        Assert.Contains("lm.arpa, line 5", Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path)).Message, StringComparison.Ordinal);
    }

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
    [InlineData("model-00002.safetensors", "is not in this shard")]
    public void A_shard_that_is_not_where_the_index_says_is_named(string shard, string expected)
    {
        Take("group-postnorm/ctc");
        var map = Split();
        map[map.First(m => (string?)m.Value == "model-00001.safetensors").Key] = shard;
        File.WriteAllText(folder.File(Index), new JsonObject { ["weight_map"] = map.DeepClone() }.ToJsonString());
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path)).Message);
    }

    [Fact]
    public void Former_names_and_an_absent_mask_vector_are_understood()
    {
        Take("layer-prenorm/ctc");
        using var today = ModelFolder.LoadRecognizer(folder.Path);
        Rewrite(tensors => tensors.Where(t => !t.Key.EndsWith("masked_spec_embed", StringComparison.Ordinal)).ToDictionary(
            t => t.Key.Replace("conv.parametrizations.weight.original0", "conv.weight_g", StringComparison.Ordinal).Replace("conv.parametrizations.weight.original1", "conv.weight_v", StringComparison.Ordinal),
            t => t.Value));
        using var former = ModelFolder.LoadRecognizer(folder.Path);
        AssertSameAnswers(today, former);
        using var encoder = ModelFolder.LoadEncoder(folder.Path);
        Assert.Contains(encoder.state_dict(), t => t.Key == "masked_spec_embed");
    }

    [Theory]
    [InlineData("preprocessor_config.json", """{ "do_normalize": false, "sampling_rate": 16000 }""", false)]
    [InlineData("preprocessor_config.json", """{ "sampling_rate": 16000 }""", true)]
    [InlineData("processor_config.json", """{ "feature_extractor": { "do_normalize": false } }""", false)]
    public void Audio_is_normalised_as_the_preprocessor_says(string file, string json, bool expected)
    {
        Take("group-postnorm/ctc");
        File.Delete(folder.File("preprocessor_config.json"));
        File.WriteAllText(folder.File(file), json);
        using var encoder = ModelFolder.LoadEncoder(folder.Path);
        Assert.Equal(expected, ((Wav2Vec2Config)encoder.Config).NormaliseInput);
    }

    [Theory]
    [InlineData("group-postnorm/ctc", """{ "sampling_rate": 8000 }""", "sampling_rate is 8000, expected 16000")]
    [InlineData("wav2vec2-bert/rotary", """{ "num_mel_bins": 128 }""", "num_mel_bins is 128, expected 80")]
    [InlineData("wav2vec2-bert/rotary", "[", "not JSON")]
    public void Audio_that_we_cannot_prepare_so_is_refused(string reference, string json, string expected)
    {
        Take(reference);
        File.WriteAllText(folder.File("preprocessor_config.json"), json);
        Assert.Contains(expected, Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path)).Message);
    }

    [Fact]
    public void Other_special_tokens_in_other_places_and_upper_case_spell_the_same()
    {
        Take("group-postnorm/ctc");
        using var ours = ModelFolder.LoadRecognizer(folder.Path);
        var tokens = ours.Vocabulary.Tokens;
        int[] order = [.. Enumerable.Range(1, tokens.Count - 1), 0]; // the blank last
        var names = order.Select(label => tokens[label] switch { "<pad>" => "[PAD]", "<unk>" => "[UNK]", "|" => " ", var letter => letter.ToUpperInvariant() }).ToArray();
        File.WriteAllText(folder.File("vocab.json"), new JsonObject(names.Select((name, label) => KeyValuePair.Create(name, (JsonNode?)label))).ToJsonString());
        File.WriteAllText(folder.File("tokenizer_config.json"), """{ "pad_token": { "content": "[PAD]" }, "unk_token": "[UNK]", "word_delimiter_token": " ", "bos_token": "<S>", "eos_token": "</S>" }""");
        Rewrite(tensors =>
        {
            var index = tensor(order.Select(label => (long)label).ToArray());
            return tensors.ToDictionary(t => t.Key, t => t.Key.StartsWith("lm_head", StringComparison.Ordinal) ? t.Value.index_select(0, index) : t.Value);
        });
        using var theirs = ModelFolder.LoadRecognizer(folder.Path);
        Assert.Equal("<pad>", theirs.Vocabulary.Tokens[0]);
        Assert.Equal(ours.Transcribe([clip])[0].Text, theirs.Transcribe([clip])[0].Text);
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

    /// <summary>A copy of a reference model with the reference's vocabulary.</summary>
    void Take(string reference)
    {
        foreach (var file in Directory.EnumerateFiles(SharedFolder.Reference(reference)))
            CopyText(file, Path.GetFileName(file));
        CopyText(SharedFolder.Reference("vocab.json"), "vocab.json");
        CopyText(SharedFolder.Reference("tokenizer/tokenizer_config.json"), "tokenizer_config.json");
        if (reference.StartsWith("wav2vec2-bert", StringComparison.Ordinal))
            CopyText(SharedFolder.Reference("wav2vec2-bert/preprocessor_config.json"), "preprocessor_config.json");
    }

    /// <summary>Without the source's read-only mode.</summary>
    void CopyText(string source, string name) => File.WriteAllBytes(folder.File(name), File.ReadAllBytes(source));

    void Rewrite(Func<Dictionary<string, Tensor>, Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder.File(Weights), change(SafetensorsFile.Read(folder.File(Weights))).Select(t => (t.Key, t.Value)));
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
        File.WriteAllText(folder.File(Index), new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map.DeepClone() }.ToJsonString());
        return map;
    }

    Tensor Logits(Recognizer recognizer)
    {
        using var guard = no_grad();
        return recognizer.Model.Logits(recognizer.Features.Batch([clip], CPU));
    }

    void AssertSameAnswers(Recognizer expected, Recognizer found)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.Vocabulary.Tokens, found.Vocabulary.Tokens);
        Assert.True(Logits(expected).equal(Logits(found)).all().item<bool>());
    }

    static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    /// <summary>0 and 0.0 are one number; 1e-5 has several spellings.</summary>
    static string Plain(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? ((float)number).ToString("R") : node?.ToJsonString() ?? "null";
}
