namespace Ssl.Learner.Pretraining;

/// <summary>Exponential moving average of the weights, which is published: its error is lower than that of one step.</summary>
sealed class WeightAverage : IDisposable
{
    const string Script = """
        def average(averages: List[Tensor], weights: List[Tensor], share: float) -> int:
            torch._foreach_lerp_(averages, weights, share)
            return 0

        """; // the parser needs the final line break

    // Compiled once: TorchSharp never frees a compilation unit.
    static readonly Lazy<jit.CompilationUnit> Kernel = new(() => jit.compile(Script));

    readonly Tensor[] averages;
    readonly Tensor[] weights;

    /// <param name="average">Holds the average; must start as a copy of <paramref name="model"/>.</param>
    public WeightAverage(PretrainingModel average, PretrainingModel model)
    {
        Model = average;
        foreach (var (_, parameter) in average.Parameters)
            parameter.requires_grad = false;
        averages = [.. average.Parameters.Select(p => (Tensor)p.Parameter)];
        weights = [.. model.Parameters.Select(p => (Tensor)p.Parameter)];
    }

    public PretrainingModel Model { get; }

    /// <summary>Moves the average by a share of its distance to the weights.</summary>
    public void Update(double share)
    {
        using var _ = no_grad();
        using Scalar weight = share; // a bare number could be finalised while the call reads it
        Kernel.Value.invoke("average", averages, weights, weight);
    }

    public void Dispose() => Model.Dispose();
}
