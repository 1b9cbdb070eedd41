using TorchSharp.Modules;

namespace Ssl.Shared.Speech.Torch;

/// <summary>A parameter as the optimiser treats it.</summary>
/// <param name="Name">Its state-dict key; names its optimiser state in a checkpoint.</param>
/// <param name="WeightDecay">Decoupled, a step, times the learning rate.</param>
/// <param name="LearningRateScale">Its share of the learning rate of a step.</param>
public sealed record TrainedParameter(string Name, Parameter Parameter, double WeightDecay = 0, double LearningRateScale = 1);
