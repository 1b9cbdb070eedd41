using Ssl.Shared.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// AdamW, clipping, zeroing and weight averaging, each one call for all parameters. TorchSharp has none of them fused; a few lines of TorchScript reach
/// the operators (AdamW on <c>Tiny</c>: 1.5 ms instead of 9). Gradients live as long as this object and are zeroed in place, so backward allocates none.
/// </summary>
sealed class FusedUpdate : IDisposable
{
    const string Script = """
        def norm(grads: List[Tensor]) -> Tensor:
            return torch.stack(torch._foreach_norm(grads)).norm()
        def clip(grads: List[Tensor], norm: Tensor, limit: float):
            torch._foreach_mul_(grads, torch.clamp(limit / (norm + 1e-6), max=1.0))
        def zero(grads: List[Tensor]):
            torch._foreach_zero_(grads)
        def adamw(weights: List[Tensor], grads: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor], rate: float, beta1: float, beta2: float, decay: float, epsilon: float):
            steps[0].add_(1)
            torch._fused_adamw_(weights, grads, means, squares, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
        def average(averages: List[Tensor], weights: List[Tensor], share: float):
            torch._foreach_lerp_(averages, weights, share)

        """; // TorchScript's parser needs the last line ended

    readonly jit.CompilationUnit script = jit.compile(Script);
    readonly string[] names;
    readonly Tensor[] weights;
    readonly Tensor[] gradients;
    readonly Tensor[] means;
    readonly Tensor[] squares;
    readonly Tensor[] steps; // the same scalar for all: they are updated together

    public FusedUpdate(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        using var _ = no_grad();
        var named = parameters.ToArray();
        names = [.. named.Select(p => p.Name)];
        weights = [.. named.Select(p => (Tensor)p.Parameter)];
        gradients = [.. named.Select(p => zeros_like(p.Parameter).DetachFromDisposeScope())];
        means = [.. named.Select(p => zeros_like(p.Parameter).DetachFromDisposeScope())];
        squares = [.. named.Select(p => zeros_like(p.Parameter).DetachFromDisposeScope())];
        steps = [.. Enumerable.Repeat(zeros([], device: weights[0].device).DetachFromDisposeScope(), named.Length)];
        for (var i = 0; i < named.Length; i++)
            named[i].Parameter.grad = gradients[i];
    }

    /// <summary>First and second moments by the parameter's name, and the number of updates: what a checkpoint needs.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        names.Select((n, i) => ($"exp_avg.{n}", means[i])).Concat(names.Select((n, i) => ($"exp_avg_sq.{n}", squares[i]))).Append(("step", steps[0]));

    /// <summary>Takes over a stored <see cref="State"/>.</summary>
    /// <exception cref="InvalidModelException">A moment is missing or has another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state, string source)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in State)
            tensor.copy_(state.TryGetValue(name, out var stored) && stored.shape.SequenceEqual(tensor.shape) ? stored
                : throw new InvalidModelException($"{source}: {name} is missing or not of shape [{string.Join(", ", tensor.shape)}]"));
    }

    public void ZeroGradients() => Invoke("zero", [gradients]);

    /// <summary>Length of all gradients together, a scalar on the device.</summary>
    public Tensor GradientNorm()
    {
        using var _ = no_grad();
        return (Tensor)script.invoke("norm", [gradients])!;
    }

    public void Clip(Tensor norm, double limit) => Invoke("clip", [gradients, norm, limit]);

    public void Step(double rate, TrainingOptions options) =>
        Invoke("adamw", [weights, gradients, means, squares, steps, rate, options.Beta1, options.Beta2, options.WeightDecay, options.AdamEpsilon]);

    /// <summary>averages += share x (weights - averages)</summary>
    public void Average(Tensor[] averages, double share) => Invoke("average", [averages, weights, share]);

    public void Dispose()
    {
        foreach (var tensor in gradients.Concat(means).Concat(squares).Append(steps[0]))
            tensor.Dispose();
        script.Dispose();
    }

    void Invoke(string function, object[] arguments)
    {
        using var _ = no_grad();
        script.invoke(function, arguments);
    }
}
