namespace Ssl.Learner.Pretraining;

/// <summary>Result of an objective on a batch; scalars on the device.</summary>
/// <param name="Loss">Mean over masked frames, in nats.</param>
/// <param name="Accuracy">Share of masked frames whose correct answer scored highest, 0 to 1; a tie of n counts 1/n.</param>
readonly record struct ObjectiveLoss(Tensor Loss, Tensor Accuracy);
