using System.Globalization;
using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Learner.Training;

/// <summary>Weights of a new run, as <c>Learner:Encoder</c> names them.</summary>
sealed class TrainingStart(TrainingSetup setup)
{
    const string Setting = $"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)}";

    readonly string named = setup.Options.Encoder;

    /// <returns>The weights, and the number of the encoder version that they come from.</returns>
    /// <exception cref="InvalidSettingException">The setting names nothing that can be trained.</exception>
    public (TrainingWeights Weights, int? Parent) Open(Device device)
    {
        try
        {
            return FreshConfig(named) is { } config ? (Fresh(config, device), null)
                : int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? (FromFolder(VersionFolder(number), device), number)
                    : (FromFolder(named, device), null);
        }
        catch (InvalidModelException e)
        {
            throw new InvalidSettingException($"{Setting}: {e.Message}");
        }
    }

    /// <summary>The shape of a named encoder or a <c>config.json</c>; null for anything else.</summary>
    /// <exception cref="InvalidSettingException">The file cannot be read or is not a shape.</exception>
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
        PretrainingFeatures.CheckTargets(config, setup.Recipe);
        return TrainingWeights.Fresh(config, PretrainingShape.For(config), setup.Recipe, setup.Options.Training.Seed, device);
    }

    string VersionFolder(int number) =>
        setup.Registry.Open(ModelKind.Encoder, number, out var reason)?.Path
            ?? throw new InvalidSettingException($"{Setting} is {number}: {reason}");

    TrainingWeights FromFolder(string folder, Device device)
    {
        if (!Directory.Exists(folder))
            throw new InvalidSettingException(
                $"{Setting} is '{folder}': expected Tiny, Small, Base, Large, the number of an encoder version, or a folder with one");
        var encoder = ModelFolder.LoadEncoder(folder);
        PretrainingFeatures.CheckTargets(encoder.Config, setup.Recipe);
        var heads = ModelFolder.ReadPretrainingHeads(folder);
        var weights = TrainingWeights.From(encoder, heads, setup.Recipe, setup.Options.Training.Seed, device);
        foreach (var tensor in heads.Values)
            tensor.Dispose();
        return weights;
    }
}
