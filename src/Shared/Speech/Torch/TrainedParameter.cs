namespace Ssl.Shared.Speech.Torch;

/// <summary>A parameter and how the optimiser updates it.</summary>
/// <param name="Name">Its state-dict key; names its optimiser state in a checkpoint.</param>
/// <param name="WeightDecay">Decoupled: a step subtracts it times learning rate and weight.</param>
/// <param name="LearningRateScale">Factor on the learning rate of a step.</param>
public sealed record TrainedParameter(string Name, Parameter Parameter, double WeightDecay = 0, double LearningRateScale = 1);
