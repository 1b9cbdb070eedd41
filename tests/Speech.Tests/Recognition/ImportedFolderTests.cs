using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Speech.Tests.Model;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>
/// Folders as other writers leave them: whatever form the weights and the describing files have, the same model comes out, or a reason.
/// </summary>
public sealed class ImportedFolderTests : CopiedFolderTests
{
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
        Assert.Equal(layout == "Wav2Vec2" ? "Wav2Vec2FeatureExtractor"
            : "SeamlessM4TFeatureExtractor", (string?)Json(saved.File("preprocessor_config.json"))["feature_extractor_type"]);
        var (original, again) = (Json(folder.File("config.json")), Json(saved.File("config.json")));
        Assert.All(again.Where(f => f.Key != "architectures" && original.ContainsKey(f.Key)), f =>
            Assert.Equal(Plain(original[f.Key]), Plain(f.Value)));

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
        foreach (var reading in new[] { heard, first.Transcribe([clip], TextReading.Greedy)[0] })
        {
            Assert.Equal(reading.Text, string.Concat(reading.Words.SelectMany(w => w.Letters).Select(l => l.Text)));
            Assert.All(reading.Words.SelectMany(w => w.Letters), l => Assert.InRange(l.LogProbability, -50, 0));
            Assert.All(reading.Words, w => Assert.InRange(w.Confidence!.Value, 0, 1));
        }

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

    [Fact]
    public void The_text_policy_is_stored_with_a_recognizer()
    {
        var policy = new TextPolicy(LetterCase.Lower, Punctuation.Keep); // which letters alone do not show
        var vocabulary = Vocabulary.FromTexts(["Ab c"], policy);
        var encoder = SpeechEncoder.Create(SmallEncoders.All["conformer"], seed: 1);
        using var ours = new Recognizer(new CtcModel(encoder, vocabulary.Size), vocabulary);
        ModelFolder.SaveRecognizer(folder.Path, ours);
        using var read = ModelFolder.LoadRecognizer(folder.Path);
        Assert.Equal(policy, read.Vocabulary.Policy);
        Assert.Equal(vocabulary.Tokens, read.Vocabulary.Tokens);
    }

    /// <summary>Of an untrained model, next to nothing counts but which words are known.</summary>
    static DecodingRecipe OneWord { get; } = new()
    {
        LetterModelWeight = 0,
        LetterBonus = -5,
        MinLabelScore = -100,
        MinBeamScore = -100,
        BeamWidth = 64,
        KnownWordWeight = 100
    };

    [Fact]
    public void N_grams_with_a_fault_are_refused_by_line()
    {
        Take("wav2vec2-bert/relative-key");
        File.WriteAllText(folder.File(ModelFolder.LanguageModelFile), "\\data\\\nngram 1=1\n\n\\1-grams:\nNaN a\n");
        Assert.Contains("lm.arpa, line 5", Assert.Throws<InvalidModelException>(() => ModelFolder.LoadRecognizer(folder.Path))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Former_names_and_an_absent_mask_vector_are_understood()
    {
        Take("layer-prenorm/ctc");
        using var today = ModelFolder.LoadRecognizer(folder.Path);
        Rewrite(tensors => tensors.Where(t => !t.Key.EndsWith("masked_spec_embed", StringComparison.Ordinal)).ToDictionary(
            t => t.Key.Replace("conv.parametrizations.weight.original0", "conv.weight_g", StringComparison.Ordinal)
                .Replace("conv.parametrizations.weight.original1", "conv.weight_v", StringComparison.Ordinal),
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

    /// <summary>As transformers: upper case is written as such, unless the tokenizer lower-cases.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_special_tokens_in_other_places_and_upper_case_spell_the_same(bool lowerCase)
    {
        Take("group-postnorm/ctc");
        using var ours = ModelFolder.LoadRecognizer(folder.Path);
        var tokens = ours.Vocabulary.Tokens;
        int[] order = [.. Enumerable.Range(1, tokens.Count - 1), 0]; // the blank last
        var names = order.Select(label =>
            tokens[label] switch { "<pad>" => "[PAD]", "<unk>" => "[UNK]", "|" => " ", var letter => letter.ToUpperInvariant() }).ToArray();
        File.WriteAllText(folder.File("vocab.json"),
            new JsonObject(names.Select((name, label) => KeyValuePair.Create(name, (JsonNode?)label))).ToJsonString());
        File.WriteAllText(folder.File("tokenizer_config.json"),
            $$"""
            { "pad_token": { "content": "[PAD]" }, "unk_token": "[UNK]", "word_delimiter_token": " ", "bos_token": "<S>",
              "do_lower_case": {{(lowerCase ? "true" : "false")}} }
            """);
        Rewrite(tensors =>
        {
            var index = tensor(order.Select(label => (long)label).ToArray());
            return tensors.ToDictionary(t => t.Key, t => t.Key.StartsWith("lm_head", StringComparison.Ordinal)
                ? t.Value.index_select(0, index) : t.Value);
        });
        using var theirs = ModelFolder.LoadRecognizer(folder.Path);
        Assert.Equal("<pad>", theirs.Vocabulary.Tokens[0]);
        var expected = ours.Transcribe([clip])[0].Text;
        Assert.Equal(lowerCase ? expected : expected.ToUpperInvariant(), theirs.Transcribe([clip])[0].Text);
    }

    /// <summary>0 and 0.0 are one number; 1e-5 has several spellings.</summary>
    static string Plain(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number)
        ? ((float)number).ToString("R") : node?.ToJsonString() ?? "null";
}
