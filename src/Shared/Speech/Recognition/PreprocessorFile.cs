using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// What transformers' feature extractors read: <c>preprocessor_config.json</c>, or the part <c>feature_extractor</c> of <c>processor_config.json</c>,
/// which newer versions write. The audio must reach the encoder as it did when it was trained; what we cannot do so is refused.
/// </summary>
static class PreprocessorFile
{
    public const string Name = "preprocessor_config.json";
    const string NewerName = "processor_config.json";
    const string NewerPart = "feature_extractor";

    /// <summary>The shape with what the file says about its input; a folder without one is taken as transformers' defaults.</summary>
    /// <exception cref="InvalidModelException">The file asks for what is not done here.</exception>
    public static EncoderConfig Apply(string folder, EncoderConfig config)
    {
        if (Find(folder) is not var (fields, _))
            return config;
        fields.Require("sampling_rate", AudioFormat.SampleRateHz, "audio is brought to 16 kHz");
        switch (config)
        {
            case Wav2Vec2Config waveform:
                return waveform with { NormaliseInput = fields.Flag("do_normalize", true) };
            case Wav2Vec2BertConfig bert:
                var stride = fields.Size("stride", LogMelExtractor.DefaultStride);
                if (bert.FeatureProjectionInputDim % stride != 0)
                    throw fields.Refuse("stride", stride, $"a divisor of the encoder's feature_projection_input_dim, {bert.FeatureProjectionInputDim}");
                fields.Require("num_mel_bins", bert.FeatureProjectionInputDim / stride, "the encoder's feature_projection_input_dim over the stride");
                return bert with { Stride = stride };
            default:
                return config;
        }
    }

    /// <summary>The file for an encoder.</summary>
    public static JsonObject For(EncoderConfig config) => config switch
    {
        Wav2Vec2Config waveform => new JsonObject
        {
            ["feature_extractor_type"] = "Wav2Vec2FeatureExtractor",
            ["feature_size"] = 1,
            ["sampling_rate"] = AudioFormat.SampleRateHz,
            ["padding_value"] = 0.0,
            ["padding_side"] = "right",
            ["do_normalize"] = waveform.NormaliseInput,
            ["return_attention_mask"] = waveform.FeatExtractNorm == FeatureNorm.Layer, // a group norm sees the padding, mask or not
        },
        Wav2Vec2BertConfig bert => new JsonObject
        {
            ["feature_extractor_type"] = "SeamlessM4TFeatureExtractor",
            ["feature_size"] = bert.FeatureProjectionInputDim / bert.Stride,
            ["num_mel_bins"] = bert.FeatureProjectionInputDim / bert.Stride,
            ["sampling_rate"] = AudioFormat.SampleRateHz,
            ["stride"] = bert.Stride,
            ["padding_value"] = 0.0,
            ["padding_side"] = "right",
            ["return_attention_mask"] = true,
        },
        _ => throw new NotSupportedException($"no feature extractor for {config.ModelType}"),
    };

    static (ConfigFields Fields, string Path)? Find(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (File.Exists(path))
            return (new ConfigFields(Parse(path), path), path);
        path = Path.Combine(folder, NewerName);
        return File.Exists(path) && Parse(path)[NewerPart] is JsonObject part ? (new ConfigFields(part, $"{path}: {NewerPart}"), path) : null;
    }

    static JsonObject Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new InvalidModelException($"{path}: not a JSON object");
        }
        catch (JsonException e)
        {
            throw new InvalidModelException($"{path}: not JSON: {e.Message}");
        }
    }
}
