using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Model folders as transformers' <c>save_pretrained</c> writes and <c>from_pretrained</c> reads them: <c>config.json</c>, <c>model.safetensors</c> (or
/// shards), <c>preprocessor_config.json</c>, and for recognizers <c>vocab.json</c>, <c>tokenizer_config.json</c> and perhaps <c>lm.arpa</c> and <c>words.arpa</c>.
/// </summary>
public static class ModelFolder
{
    /// <summary>What makes a folder a recognizer's.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>N-grams of letters or words (see <see cref="ArpaFile"/>).</summary>
    public const string LanguageModelFile = "lm.arpa";

    /// <summary>The words that are known beside n-grams of letters: 1-grams, with <c>&lt;unk&gt;</c> for all other words together.</summary>
    public const string WordsFile = "words.arpa";

    const string ConfigFile = "config.json";
    const string TokenizerFile = "tokenizer_config.json";
    const string MaskVector = "masked_spec_embed";

    static readonly string[] PretrainingHeads = ["quantizer.", "project_hid.", "project_q."];
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void SaveEncoder(string folder, SpeechEncoder encoder)
    {
        WriteConfig(folder, encoder.Config, "Model", null);
        SafetensorsFile.Write(Path.Combine(folder, ModelWeights.SingleFile), encoder.state_dict().Select(t => (t.Key, t.Value)));
    }

    public static void SaveRecognizer(string folder, Recognizer recognizer)
    {
        var (model, vocabulary) = (recognizer.Model, recognizer.Vocabulary);
        if (recognizer.LanguageModel is { } language)
            ArpaFile.Write(Path.Combine(folder, LanguageModelFile), language);
        if (recognizer.Words is { } words)
            ArpaFile.Write(Path.Combine(folder, WordsFile), words);
        WriteConfig(folder, model.Encoder.Config, "ForCTC", vocabulary);
        SafetensorsFile.Write(Path.Combine(folder, ModelWeights.SingleFile), model.state_dict().Select(t => (t.Key, t.Value)));
        File.WriteAllText(Path.Combine(folder, VocabularyFile), vocabulary.ToJson());
        Write(Path.Combine(folder, TokenizerFile), new JsonObject
        {
            ["tokenizer_class"] = "Wav2Vec2CTCTokenizer",
            ["pad_token"] = Vocabulary.Blank,
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["unk_token"] = Vocabulary.Unknown,
            ["word_delimiter_token"] = Vocabulary.WordDelimiter,
            ["do_lower_case"] = false,
        });
    }

    /// <summary>The encoder of a folder; of a recognizer's or a pretraining model's folder, its encoder without the heads.</summary>
    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    public static SpeechEncoder LoadEncoder(string folder)
    {
        var (config, weights) = Open(folder);
        var encoder = SpeechEncoder.Create(config);
        Load(encoder, weights, Prefix(config), maskVectorKey: MaskVector, mayHoldMore: true);
        return encoder;
    }

    /// <summary>What a pretraining model (<c>Wav2Vec2ForPreTraining</c>) has beside its encoder: quantiser and projections, by name; empty where there is nothing. The caller's to dispose.</summary>
    /// <exception cref="InvalidModelException">The weights cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadPretrainingHeads(string folder)
    {
        using var scope = NewDisposeScope(); // the encoder's weights need not wait for the garbage collector
        return Checked(ModelWeights.Open(folder).Read).Where(t => PretrainingHeads.Any(head => t.Key.StartsWith(head, StringComparison.Ordinal)))
            .ToDictionary(t => t.Key, t => t.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);
    }

    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    public static Recognizer LoadRecognizer(string folder, DecodingRecipe? decoding = null)
    {
        var (vocabulary, order) = ReadVocabulary(folder);
        var (language, words) = (ReadLanguageModel(Path.Combine(folder, LanguageModelFile)), ReadLanguageModel(Path.Combine(folder, WordsFile)));
        var model = LoadCtcModel(folder, vocabulary.Size);
        model.ReorderLabels(order);
        return new Recognizer(model, vocabulary, language, words, decoding);
    }

    internal static CtcModel LoadCtcModel(string folder, int vocabularySize)
    {
        var (config, weights) = Open(folder);
        var model = new CtcModel(SpeechEncoder.Create(config), vocabularySize);
        Load(model, weights, prefix: "", maskVectorKey: Prefix(config) + MaskVector, mayHoldMore: false);
        return model;
    }

    /// <summary>Shape and weights, checked against each other before anything is allocated.</summary>
    static (EncoderConfig Config, ModelWeights Weights) Open(string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        var config = PreprocessorFile.Apply(folder, EncoderConfig.Parse(ReadText(path), path));
        var weights = ModelWeights.Open(folder);
        var found = Checked(weights.CountElements);
        return found >= config.LeastWeights ? (config, weights) : throw new InvalidModelException($"{path}: its shape needs at least {config.LeastWeights:N0} weights, {weights.Source} holds {found:N0}");
    }

    static (Vocabulary Vocabulary, int[] Order) ReadVocabulary(string folder)
    {
        var (path, tokenizer) = (Path.Combine(folder, VocabularyFile), Path.Combine(folder, TokenizerFile));
        try
        {
            var special = File.Exists(tokenizer) ? SpecialTokens.Parse(File.ReadAllText(tokenizer)) : new SpecialTokens();
            return (Vocabulary.Parse(ReadText(path), special, out var order), order);
        }
        catch (FormatException e)
        {
            throw new InvalidModelException($"{path}: {e.Message}");
        }
    }

    static NGramModel? ReadLanguageModel(string path)
    {
        try
        {
            return File.Exists(path) ? ArpaFile.Read(path) : null;
        }
        catch (FormatException e)
        {
            throw new InvalidModelException(e.Message);
        }
    }

    static void Load(nn.Module module, ModelWeights weights, string prefix, string maskVectorKey, bool mayHoldMore)
    {
        try
        {
            using var scope = NewDisposeScope();
            var tensors = Checked(weights.Read);
            AddMaskVector(module, tensors, maskVectorKey, prefix);
            StateDict.Load(module, tensors, prefix, mayHoldMore, weights.Source);
        }
        catch
        {
            module.Dispose();
            throw;
        }
        module.to(TorchRuntime.Device);
    }

    /// <summary>transformers leaves the mask vector out of models that were trained without masking; a new one harms nobody who does not mask either.</summary>
    static void AddMaskVector(nn.Module module, Dictionary<string, Tensor> tensors, string key, string prefix)
    {
        if (tensors.ContainsKey(key) || tensors.ContainsKey(prefix + key) || !module.state_dict().TryGetValue(key, out var vector))
            return;
        using var generator = new Generator(0, CPU);
        tensors.Add(key, zeros(vector.shape).uniform_(0, 1, generator));
    }

    static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidSafetensorsException e)
        {
            throw new InvalidModelException(e.Message);
        }
    }

    static string ReadText(string path) => File.Exists(path) ? File.ReadAllText(path) : throw new InvalidModelException($"{path} is missing");

    static string Prefix(EncoderConfig config) => config.ModelType.Replace('-', '_') + ".";

    static void WriteConfig(string folder, EncoderConfig config, string architectureSuffix, Vocabulary? vocabulary)
    {
        var json = config.ToJson();
        json["architectures"] = new JsonArray((config is Wav2Vec2Config ? "Wav2Vec2" : "Wav2Vec2Bert") + architectureSuffix);
        if (vocabulary is not null)
        {
            json["vocab_size"] = vocabulary.Size;
            json["pad_token_id"] = 0;
            json["ctc_loss_reduction"] = "sum";
        }
        Write(Path.Combine(folder, ConfigFile), json);
        Write(Path.Combine(folder, PreprocessorFile.Name), PreprocessorFile.For(config));
    }

    static void Write(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Indented));
}
