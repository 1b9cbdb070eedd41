using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Settings of transformers' feature extractors: <c>preprocessor_config.json</c>, or <c>feature_extractor</c> in newer versions'
/// <c>processor_config.json</c>. Audio must be prepared as for the encoder's training; other settings than those here are refused.
/// </summary>
static class PreprocessorFile
{
    public const string Name = "preprocessor_config.json";
    const string NewerName = "processor_config.json";

    /// <summary>The shape with what the file says about its input; without a file, transformers' defaults hold.</summary>
    /// <exception cref="InvalidModelException">The file has a setting that is not supported.</exception>
    public static EncoderConfig Apply(string folder, EncoderConfig config)
    {
        if ((Read(folder, Name) ?? Read(folder, NewerName)?.Part("feature_extractor")) is not { } fields)
            return config;
        fields.Require("sampling_rate", AudioFormat.SampleRateHz, "audio is resampled to 16 kHz");
        switch (config)
        {
            case Wav2Vec2Config waveform:
                return waveform with { NormaliseInput = fields.Flag("do_normalize", true) };
            case Wav2Vec2BertConfig bert:
                var (size, stride) = (bert.FeatureProjectionInputDim, fields.Size("stride", LogMelExtractor.DefaultStride));
                if (size % stride != 0)
                    throw fields.Refuse("stride", stride, $"a divisor of the encoder's feature_projection_input_dim, {size}");
                fields.Require("num_mel_bins", size / stride, "the encoder's feature_projection_input_dim over the stride");
                return bert with { Stride = stride };
            default:
                return config;
        }
    }

    /// <summary>The file for an encoder.</summary>
    public static JsonObject For(EncoderConfig config)
    {
        var json = new JsonObject
        {
            ["sampling_rate"] = AudioFormat.SampleRateHz,
            ["padding_value"] = 0.0,
            ["padding_side"] = "right",
        };
        switch (config)
        {
            case Wav2Vec2Config waveform:
                (json["feature_extractor_type"], json["feature_size"]) = ("Wav2Vec2FeatureExtractor", 1);
                json["do_normalize"] = waveform.NormaliseInput;
                json["return_attention_mask"] = waveform.FeatExtractNorm == FeatureNorm.Layer; // a group norm includes the padding anyway
                break;
            case Wav2Vec2BertConfig bert:
                var bins = bert.FeatureProjectionInputDim / bert.Stride;
                (json["feature_extractor_type"], json["feature_size"]) = ("SeamlessM4TFeatureExtractor", bins);
                (json["num_mel_bins"], json["stride"], json["return_attention_mask"]) = (bins, bert.Stride, true);
                break;
        }
        return json;
    }

    static ConfigFields? Read(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? ConfigFields.Parse(File.ReadAllText(path), path) : null;
    }
}
