using System.Text.Json.Nodes;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;

namespace Ssl.Learner.Publishing;

/// <summary>Publishes the weight average as an encoder version, with its recipe, and with quantiser and heads to continue from.</summary>
sealed class EncoderPublisher(ModelRegistry registry, WriterEpoch epoch, PretrainingRecipe recipe)
{
    public const string Writer = "learner";

    /// <summary>Quantiser and heads of a version.</summary>
    public const string HeadsFile = "pretraining.safetensors";

    /// <exception cref="StaleEpochException">Another Learner has taken over; nothing was published.</exception>
    public ModelManifest Publish(PretrainingModel average, LearnerState state, HealthMonitor health)
    {
        var draft = new ManifestDraft
        {
            Parent = state.ParentVersion,
            AudioSecondsTrained = state.AudioSeconds,
            Steps = state.Step,
            Watermark = state.Positions,
            Scores = new EncoderScores
            {
                ContrastiveLoss = health.Mean(o => o.ContrastiveLoss),
                ContrastiveAccuracy = health.Mean(o => o.ContrastiveAccuracy),
                MaskedPredictionLoss = health.Mean(o => o.MaskedPredictionLoss),
                MaskedPredictionAccuracy = health.Mean(o => o.MaskedPredictionAccuracy),
                CodePerplexity = health.Mean(o => o.CodePerplexity),
            },
            Recipes = new Dictionary<string, JsonObject> { ["pretraining"] = recipe.ToJson() },
            Health = ModelHealth.Healthy,
        };
        return registry.Publish(ModelKind.Encoder, draft, epoch, folder => Write(folder, average));
    }

    /// <summary>Encoder, quantiser and heads.</summary>
    public static void Write(string folder, PretrainingModel model)
    {
        ModelFolder.SaveEncoder(folder, model.Encoder);
        SafetensorsFile.Write(Path.Combine(folder, HeadsFile), model.Heads.state_dict().Select(t => (t.Key, t.Value)));
    }
}
