using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>What an objective came to on a batch; scalars on the device.</summary>
/// <param name="Loss">Mean over masked frames, in nats.</param>
/// <param name="Accuracy">Share of masked frames whose right answer scored best, 0 to 1; shared out among those that tie.</param>
readonly record struct ObjectiveLoss(Tensor Loss, Tensor Accuracy);
