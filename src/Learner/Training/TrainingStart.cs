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
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Training;

/// <summary>Where training begins: the newest checkpoint, else what <c>Learner:Encoder</c> names.</summary>
sealed class TrainingStart(LearnerOptions options, CheckpointStore checkpoints, FolderRegistry registry, ILogger logger)
{
    /// <exception cref="InvalidSettingException"><c>Learner:Encoder</c> names nothing that can be trained.</exception>
    public (TrainingWeights Weights, LearnerState State) Open(Device device)
    {
        if (checkpoints.Newest(_ => true) is { } checkpoint)
        {
            logger.GoesOn(checkpoint.Path, checkpoint.State.Step, checkpoint.State.HoursHeard);
            return (TrainingWeights.Open(checkpoint.Path, options.Training, device), checkpoint.State);
        }
        var state = new LearnerState { Seed = options.Training.Seed };
        logger.Begins(options.Encoder, state.Seed, device.type.ToString(), get_num_threads());
        return options.Encoder switch
        {
            var name when FreshConfig(name) is { } config => (Fresh(Trainable(config), device), state),
            _ when int.TryParse(options.Encoder, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (FromFolder(VersionFolder(number), device), state with { ParentVersion = number }),
            _ => (FromFolder(options.Encoder, device), state),
        };
    }

    EncoderConfig Trainable(EncoderConfig config)
    {
        try
        {
            PretrainingFeatures.CheckTargets(config, options.Objectives);
            return config;
        }
        catch (InvalidModelException e)
        {
            throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)}: {e.Message}");
        }
    }

    TrainingWeights Fresh(EncoderConfig config, Device device) => TrainingWeights.Fresh(config, PretrainingShape.For(config), options.Training, device);

    /// <summary>The shape that a name or a <c>config.json</c> stands for; null where it is neither.</summary>
    /// <exception cref="InvalidSettingException">There is such a file, but no shape in it.</exception>
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
            throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)}: {e.Message}");
        }
    }

    string VersionFolder(int number) =>
        registry.Open(ModelKind.Encoder, number, out var reason)?.Path ?? throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)} is {number}: {reason}");

    TrainingWeights FromFolder(string folder, Device device)
    {
        if (!Directory.Exists(folder))
            throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)} is '{folder}': expected Tiny, Small, Base, Large, the number of an encoder version, or a folder with one");
        try
        {
            var encoder = ModelFolder.LoadEncoder(folder);
            PretrainingFeatures.CheckTargets(encoder.Config, options.Objectives);
            var headsPath = Path.Combine(folder, EncoderPublisher.HeadsFile);
            var heads = File.Exists(headsPath) ? SafetensorsFile.Read(headsPath) : ModelFolder.ReadPretrainingHeads(folder);
            var weights = TrainingWeights.From(encoder, heads, options.Training, device);
            foreach (var tensor in heads.Values)
                tensor.Dispose();
            return weights;
        }
        catch (Exception e) when (e is InvalidModelException or InvalidSafetensorsException)
        {
            throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(LearnerOptions.Encoder)}: {e.Message}");
        }
    }
}
