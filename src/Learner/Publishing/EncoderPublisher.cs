using System.Text.Json.Nodes;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Learner.Publishing;

/// <summary>Publishes the weight average as an encoder version, with its recipe and the heads from which training can continue.</summary>
sealed class EncoderPublisher(ModelRegistry registry, PretrainingRecipe recipe)
{
    const string Writer = "learner";

    readonly WriterEpoch epoch = registry.AcquireEpoch(Writer);

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

    /// <summary>Writes encoder, quantiser and heads into a folder.</summary>
    public static void Write(string folder, PretrainingModel model) =>
        ModelFolder.SaveEncoder(folder, model.Encoder, model.Heads.state_dict().Select(t => (t.Key, t.Value)));
}
