using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Training;

/// <summary>What a training run is composed from, besides its audio.</summary>
/// <param name="Registry">Holds the encoder versions that the run starts from and publishes.</param>
sealed record TrainingSetup(LearnerOptions Options, PretrainingRecipe Recipe, ModelRegistry Registry, TrainingReport Report);
