using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Model folders of transformers' <c>save_pretrained</c> and <c>from_pretrained</c>: <c>config.json</c>, <c>model.safetensors</c> (or
/// shards), <c>preprocessor_config.json</c>; for recognizers also <c>vocab.json</c>, <c>tokenizer_config.json</c> and, optionally,
/// <c>lm.arpa</c>, <c>words.arpa</c> or an imported language model (<see cref="LanguageModelFiles"/>). Pickled weights
/// (<see cref="ModelWeights"/>) and folders of several languages (MMS) are read, but not written.
/// </summary>
public static class ModelFolder
{
    /// <summary>Present in a recognizer's folder only.</summary>
    public const string VocabularyFile = TokenizerFiles.VocabularyFile;

    /// <summary>N-grams of letters or words (see <see cref="ArpaFile"/>).</summary>
    internal const string LanguageModelFile = "lm.arpa";

    /// <summary>Known words for n-grams of letters (see <see cref="KnownWords"/>): 1-grams with <c>&lt;unk&gt;</c>.</summary>
    internal const string WordsFile = "words.arpa";

    /// <summary>Of an encoder's folder: what its layout has no place for.</summary>
    const string HeadsFile = "pretraining.safetensors";

    const string ConfigFile = "config.json";
    internal const string MaskVector = "masked_spec_embed";

    static readonly string[] PretrainingHeads = ["quantizer.", "project_hid.", "project_q."];
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="heads">Of pretraining: quantiser and projections become part of a <c>Wav2Vec2ForPreTraining</c>; what the layout has no
    /// place for becomes a file of its own.</param>
    public static void SaveEncoder(string folder, SpeechEncoder encoder, IEnumerable<(string Name, Tensor Tensor)>? heads = null)
    {
        var (config, given) = (encoder.Config, heads?.ToArray() ?? []);
        var placed = config is Wav2Vec2Config { IsHubert: false } ? given.Where(head => IsPretrainingHead(head.Name)).ToArray() : [];
        var prefix = placed.Length > 0 ? Prefix(config) : "";
        SaveShape(folder, config.ToJson(), config, placed.Length > 0 ? "ForPreTraining" : "Model");
        SafetensorsFile.Write(Path.Combine(folder, ModelWeights.SingleFile), [.. Tensors(encoder, prefix), .. placed]);
        if (given.Length > placed.Length)
            SafetensorsFile.Write(Path.Combine(folder, HeadsFile), given.ExceptBy(placed.Select(head => head.Name), head => head.Name));
    }

    public static void SaveRecognizer(string folder, Recognizer recognizer) =>
        SaveRecognizer(folder, recognizer, path => SafetensorsFile.Write(path, Tensors(recognizer.Model)));

    /// <summary>
    /// Copies a recognizer's folder of any writer into the form written here, one tensor in memory at a time; weights of 16 bits stay so.
    /// </summary>
    /// <param name="folder">Where to; exists.</param>
    /// <returns>The shape of its encoder.</returns>
    /// <inheritdoc cref="LoadRecognizer"/>
    public static EncoderConfig CopyRecognizer(
        string source, string folder, string? language = null, IProgress<ByteProgress>? progress = null)
    {
        using var opened = RecognizerSource.Open(source, decoding: null, language);
        opened.CopyTo(folder, progress);
        return opened.Config;
    }

    /// <summary>An encoder's folder without its weights.</summary>
    public static void SaveShape(string folder, EncoderConfig config) => SaveShape(folder, config.ToJson(), config, "Model");

    /// <param name="writeWeights">To the path it is given.</param>
    internal static void SaveRecognizer(string folder, Recognizer recognizer, Action<string> writeWeights)
    {
        var vocabulary = recognizer.Vocabulary;
        if (recognizer.LanguageModel is { } language)
            ArpaFile.Write(Path.Combine(folder, LanguageModelFile), language);
        if (recognizer.Words is { } words)
            ArpaFile.Write(Path.Combine(folder, WordsFile), words);
        if (recognizer.ImportedLanguageModel is { } imported)
            LanguageModelFiles.Write(folder, imported, vocabulary);
        var config = recognizer.Model.Encoder.Config;
        var json = config.ToJson();
        (json["vocab_size"], json["pad_token_id"], json["ctc_loss_reduction"]) = (vocabulary.Size, 0, "sum");
        SaveShape(folder, json, config, "ForCTC");
        writeWeights(Path.Combine(folder, ModelWeights.SingleFile));
        File.WriteAllText(Path.Combine(folder, VocabularyFile), vocabulary.ToJson());
        var tokenizer = SpecialTokens.FileOf(vocabulary.Policy);
        if (recognizer.ImportedLanguageModel is not null)
            tokenizer["processor_class"] = "Wav2Vec2ProcessorWithLM";
        Write(Path.Combine(folder, TokenizerFiles.ConfigFile), tokenizer);
    }

    /// <summary>The encoder of a folder, without the adapter and head of a recognizer or the heads of a pretraining model.</summary>
    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    public static SpeechEncoder LoadEncoder(string folder)
    {
        using var weights = ModelWeights.Open(folder);
        var config = ReadConfig(folder, weights) with { Adapter = null };
        var encoder = SpeechEncoder.Create(config);
        Load(encoder, weights, Prefix(config), MaskVector, mayHoldMore: true);
        return encoder;
    }

    /// <summary>
    /// What <see cref="SaveEncoder"/> was given beside the encoder, or what a <c>Wav2Vec2ForPreTraining</c> of another writer has of it, by
    /// name; the caller disposes it.
    /// </summary>
    /// <exception cref="InvalidModelException">The weights cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadPretrainingHeads(string folder)
    {
        var beside = Path.Combine(folder, HeadsFile);
        var heads = File.Exists(beside) ? SafetensorsFile.Read(beside) : [];
        using var weights = ModelWeights.Open(folder);
        foreach (var (name, stored) in weights.Tensors.Where(t => IsPretrainingHead(t.Key) && !heads.ContainsKey(t.Key)))
            heads.Add(name, stored.Read(name, weights.Source));
        return heads;
    }

    /// <param name="language">Of a model with an adapter and a vocabulary for each (MMS); null: the one that its tokenizer names.</param>
    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    /// <param name="precision">Type of the weights for inference: the model is neither trained nor saved; null: as for training.</param>
    public static Recognizer LoadRecognizer(
        string folder, DecodingRecipe? decoding = null, string? language = null, Precision? precision = null) =>
        RecognizerSource.Open(folder, decoding, language).Load(precision);

    internal static CtcModel LoadCtcModel(string folder, int vocabularySize)
    {
        using var weights = ModelWeights.Open(folder);
        var config = ReadConfig(folder, weights);
        var model = new CtcModel(SpeechEncoder.Create(config), vocabularySize);
        Load(model, weights, prefix: "", Prefix(config) + MaskVector, mayHoldMore: false);
        return model;
    }

    /// <summary>The shape, compared with the weights before anything is allocated.</summary>
    internal static EncoderConfig ReadConfig(string folder, ModelWeights weights)
    {
        var path = Path.Combine(folder, ConfigFile);
        var config = PreprocessorFile.Apply(folder, EncoderConfig.Parse(ReadText(path), path));
        var found = weights.Tensors.Values.Sum(t => t.Elements);
        var min = config.MinWeights + (config.Adapter?.MinWeights ?? 0);
        return found >= min ? config
            : throw new InvalidModelException($"{path}: its shape needs at least {min:N0} weights, {weights.Source} holds {found:N0}");
    }

    internal static NGramModel? ReadNGrams(string path)
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

    static void Load(nn.Module module, ModelWeights weights, string prefix, string maskVector, bool mayHoldMore)
    {
        Dictionary<string, StoredTensor> matched;
        try
        {
            matched = WeightLoader.Match(module, weights, prefix, maskVector, mayHoldMore);
        }
        catch
        {
            module.Dispose();
            throw;
        }
        WeightLoader.Fill(module, matched, precision: null, weights.Source);
    }

    static string ReadText(string path) =>
        File.Exists(path) ? File.ReadAllText(path) : throw new InvalidModelException($"{path} is missing");

    internal static string Prefix(EncoderConfig config) => config.ModelType.Replace('-', '_') + ".";

    static IEnumerable<(string Name, Tensor Tensor)> Tensors(nn.Module module, string prefix = "") =>
        module.state_dict().Select(t => (prefix + t.Key, t.Value));

    static bool IsPretrainingHead(string name) => PretrainingHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal));

    static void SaveShape(string folder, JsonObject json, EncoderConfig config, string architectureSuffix)
    {
        json["architectures"] = new JsonArray(config.ClassPrefix + architectureSuffix);
        Write(Path.Combine(folder, ConfigFile), json);
        Write(Path.Combine(folder, PreprocessorFile.Name), PreprocessorFile.For(config));
    }

    static void Write(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Indented));
}
