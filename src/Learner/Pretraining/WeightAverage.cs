using Ssl.Shared.Model;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>An exponential moving average of the weights: what is published, because it forgets less and errs less than the weights of any one step.</summary>
sealed class WeightAverage : IDisposable
{
    readonly Tensor[] averages;

    /// <param name="model">Holds the average; begins as a copy of what is averaged, with the same parameters.</param>
    public WeightAverage(PretrainingModel model)
    {
        Model = model;
        foreach (var (_, parameter) in model.Parameters)
            parameter.requires_grad = false;
        averages = [.. model.Parameters.Select(p => (Tensor)p.Parameter)];
    }

    public PretrainingModel Model { get; }

    public void Update(FusedUpdate update, TrainingOptions training, long step) => update.Average(averages, training.AverageShareAt(step));

    public void Dispose() => Model.Dispose();
}
