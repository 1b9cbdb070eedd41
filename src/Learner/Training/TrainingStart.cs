using System.Globalization;
using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using static TorchSharp.torch;

namespace Ssl.Learner.Training;

/// <summary>The weights that <c>Learner:Encoder</c> names.</summary>
sealed class TrainingStart(LearnerOptions options, PretrainingRecipe recipe, ModelRegistry registry)
{
    const string Setting = $"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)}";

    /// <returns>The weights, and the number of the encoder version that they are from.</returns>
    /// <exception cref="InvalidSettingException">It names nothing that can be trained.</exception>
    public (TrainingWeights Weights, int? Parent) Open(Device device)
    {
        try
        {
            if (FreshConfig(options.Encoder) is { } config)
                return (Fresh(config, device), null);
            return int.TryParse(options.Encoder, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (FromFolder(VersionFolder(number), device), number)
                : (FromFolder(options.Encoder, device), null);
        }
        catch (Exception e) when (e is InvalidModelException or InvalidSafetensorsException)
        {
            throw new InvalidSettingException($"{Setting}: {e.Message}");
        }
    }

    /// <summary>The shape that a name or a <c>config.json</c> stands for; null where it is neither.</summary>
    /// <exception cref="InvalidSettingException">The file cannot be read, or holds no shape.</exception>
    public static EncoderConfig? FreshConfig(string encoder) => encoder switch
    {
        nameof(Wav2Vec2BertConfig.Tiny) => Wav2Vec2BertConfig.Tiny,
        nameof(Wav2Vec2BertConfig.Small) => Wav2Vec2BertConfig.Small,
        nameof(Wav2Vec2Config.Base) => Wav2Vec2Config.Base,
        nameof(Wav2Vec2Config.Large) => Wav2Vec2Config.Large,
        _ => encoder.EndsWith(".json", StringComparison.Ordinal) ? ConfigAt(encoder) : null,
    };

    static EncoderConfig ConfigAt(string path)
    {
        try
        {
            return EncoderConfig.Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is InvalidModelException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{Setting}: {e.Message}");
        }
    }

    TrainingWeights Fresh(EncoderConfig config, Device device)
    {
        PretrainingFeatures.CheckTargets(config, recipe);
        return TrainingWeights.Fresh(config, PretrainingShape.For(config), recipe, options.Training.Seed, device);
    }

    string VersionFolder(int number) =>
        registry.Open(ModelKind.Encoder, number, out var reason)?.Path
            ?? throw new InvalidSettingException($"{Setting} is {number}: {reason}");

    TrainingWeights FromFolder(string folder, Device device)
    {
        if (!Directory.Exists(folder))
            throw new InvalidSettingException(
                $"{Setting} is '{folder}': expected Tiny, Small, Base, Large, the number of an encoder version, or a folder with one");
        var encoder = ModelFolder.LoadEncoder(folder);
        PretrainingFeatures.CheckTargets(encoder.Config, recipe);
        var headsPath = Path.Combine(folder, EncoderPublisher.HeadsFile);
        var heads = File.Exists(headsPath) ? SafetensorsFile.Read(headsPath) : ModelFolder.ReadPretrainingHeads(folder);
        var weights = TrainingWeights.From(encoder, heads, recipe, options.Training.Seed, device);
        foreach (var tensor in heads.Values)
            tensor.Dispose();
        return weights;
    }
}
