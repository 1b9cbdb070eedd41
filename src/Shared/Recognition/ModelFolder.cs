using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Model;
using Ssl.Shared.Safetensors;
using Ssl.Shared.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Recognition;

/// <summary>
/// Model folders as transformers' <c>save_pretrained</c> writes and <c>from_pretrained</c> reads them: <c>config.json</c>, <c>model.safetensors</c>,
/// <c>preprocessor_config.json</c>, and for recognizers <c>vocab.json</c> and <c>tokenizer_config.json</c>.
/// </summary>
public static class ModelFolder
{
    const string Config = "config.json";
    const string Weights = "model.safetensors";
    const string VocabularyFile = "vocab.json";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void SaveEncoder(string folder, SpeechEncoder encoder)
    {
        WriteConfig(folder, encoder.Config, "Wav2Vec2BertModel", null);
        SafetensorsFile.Write(Path.Combine(folder, Weights), encoder.state_dict().Select(t => (t.Key, t.Value)));
    }

    public static void SaveRecognizer(string folder, CtcModel model, Vocabulary vocabulary)
    {
        WriteConfig(folder, model.Encoder.Config, "Wav2Vec2BertForCTC", vocabulary);
        SafetensorsFile.Write(Path.Combine(folder, Weights), model.state_dict().Select(t => (t.Key, t.Value)));
        File.WriteAllText(Path.Combine(folder, VocabularyFile), vocabulary.ToJson());
        Write(Path.Combine(folder, "tokenizer_config.json"), new JsonObject
        {
            ["tokenizer_class"] = "Wav2Vec2CTCTokenizer",
            ["pad_token"] = Vocabulary.Blank,
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["unk_token"] = "<unk>",
            ["word_delimiter_token"] = Vocabulary.WordDelimiter,
            ["do_lower_case"] = false,
        });
    }

    /// <summary>The encoder of a folder; of a recognizer's folder, its encoder without the head.</summary>
    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    public static SpeechEncoder LoadEncoder(string folder)
    {
        var encoder = SpeechEncoder.Create(ReadConfig(folder));
        Load(folder, encoder, encoder.Config.ModelType.Replace('-', '_') + ".", mayHoldMore: true);
        return encoder;
    }

    /// <exception cref="InvalidModelException">What is wrong with which key; nothing stays loaded.</exception>
    public static Recognizer LoadRecognizer(string folder)
    {
        Vocabulary vocabulary;
        try
        {
            vocabulary = Vocabulary.Parse(ReadText(folder, VocabularyFile));
        }
        catch (FormatException e)
        {
            throw new InvalidModelException($"{Path.Combine(folder, VocabularyFile)}: {e.Message}");
        }
        return new Recognizer(LoadCtcModel(folder, vocabulary.Size), vocabulary);
    }

    internal static CtcModel LoadCtcModel(string folder, int vocabularySize)
    {
        var model = new CtcModel(SpeechEncoder.Create(ReadConfig(folder)), vocabularySize);
        Load(folder, model, prefix: "", mayHoldMore: false);
        return model;
    }

    static EncoderConfig ReadConfig(string folder) => EncoderConfig.Parse(ReadText(folder, Config), Path.Combine(folder, Config));

    static string ReadText(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path) : throw new InvalidModelException($"{path} is missing");
    }

    static void Load(string folder, nn.Module module, string prefix, bool mayHoldMore)
    {
        try
        {
            var path = Path.Combine(folder, Weights);
            if (!File.Exists(path))
                throw new InvalidModelException($"{path} is missing");
            using var scope = NewDisposeScope();
            StateDict.Load(module, SafetensorsFile.Read(path), prefix, mayHoldMore, path);
        }
        catch (InvalidSafetensorsException e)
        {
            module.Dispose();
            throw new InvalidModelException(e.Message);
        }
        catch
        {
            module.Dispose();
            throw;
        }
        module.to(TorchRuntime.Device);
    }

    static void WriteConfig(string folder, EncoderConfig config, string architecture, Vocabulary? vocabulary)
    {
        var json = config.ToJson();
        json["architectures"] = new JsonArray(architecture);
        if (vocabulary is not null)
        {
            json["vocab_size"] = vocabulary.Size;
            json["pad_token_id"] = 0;
            json["ctc_loss_reduction"] = "sum";
        }
        Write(Path.Combine(folder, Config), json);
        Write(Path.Combine(folder, "preprocessor_config.json"), new JsonObject
        {
            ["feature_extractor_type"] = "SeamlessM4TFeatureExtractor",
            ["feature_size"] = 80,
            ["num_mel_bins"] = 80,
            ["sampling_rate"] = 16_000,
            ["stride"] = 2,
            ["padding_value"] = 0.0,
            ["padding_side"] = "right",
            ["return_attention_mask"] = true,
        });
    }

    static void Write(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Indented));
}
