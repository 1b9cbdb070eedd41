using Ssl.Shared.Speech.Torch;
using Ssl.Speech.Tests.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Torch;

public sealed class FusedAdamWTests
{
    [Fact]
    public void Ten_updates_are_those_of_the_reference()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors("adamw.safetensors");
        var weights = new Parameter(reference["start"].clone());
        using var optimizer = new FusedAdamW([new TrainedParameter("w", weights, WeightDecay: 0.01)], 0.9, 0.98, 1e-6);
        for (var step = 0; step < 10; step++)
        {
            weights.grad = reference["gradients"][step].clone();
            optimizer.Step(3e-3);
            ReferenceTensors.AssertClose(reference["after"][step], weights, 1e-5, $"weights after {step + 1} updates");
        }
    }

    [Fact]
    public void Clipping_scales_what_the_step_takes_and_tells_the_norm_before()
    {
        using var scope = NewDisposeScope();
        var (clipped, scaled) = (new Parameter(ones(2)), new Parameter(ones(2)));
        using var first = new FusedAdamW([new TrainedParameter("w", clipped)]);
        using var second = new FusedAdamW([new TrainedParameter("w", scaled)]);
        foreach (var gradient in new[] { tensor(new[] { 3f, 4f }), tensor(new[] { 0.1f, 0f }), tensor(new[] { -30f, 40f }) })
        {
            clipped.grad = gradient.clone();
            var norm = first.ClipGradientsDeferred(1).item<float>();
            Assert.Equal(gradient.norm().item<float>(), norm, 4);
            first.Step(0.1);
            scaled.grad = gradient / Math.Max(1, norm);
            second.Step(0.1);
        }
        ReferenceTensors.AssertClose(scaled, clipped, 1e-6, "weights");
    }

    [Fact]
    public void A_gradient_that_is_not_finite_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var weights = new Parameter(ones(3));
        using var optimizer = new FusedAdamW([new TrainedParameter("w", weights, WeightDecay: 0.1)]);
        weights.grad = tensor(new[] { 1f, float.NaN, 1f });
        Assert.True(double.IsNaN(optimizer.ClipGradientsDeferred(1).item<float>()));
        optimizer.Step(0.1);
        weights.grad = tensor(new[] { 1f, float.PositiveInfinity, 1f });
        optimizer.Step(0.1);
        Assert.Equal([1f, 1f, 1f], weights.data<float>().ToArray());
        Assert.All(optimizer.State(), s => Assert.Equal(0f, s.Tensor.abs().sum().item<float>()));
    }

    [Fact]
    public void Parameters_have_their_own_decay_and_rate_and_may_lack_a_gradient()
    {
        using var scope = NewDisposeScope();
        var (decayed, slow, frozen) = (new Parameter(ones(1)), new Parameter(ones(1)), new Parameter(ones(1)));
        using var optimizer = new FusedAdamW([new TrainedParameter("d", decayed, WeightDecay: 0.5),
            new TrainedParameter("s", slow, LearningRateScale: 0.1), new TrainedParameter("f", frozen, WeightDecay: 0.5)]);
        decayed.grad = zeros(1);
        slow.grad = ones(1);
        optimizer.Step(0.1);
        Assert.Equal(0.95f, decayed.item<float>(), 5);
        Assert.Equal(0.99f, slow.item<float>(), 5);
        Assert.Equal(1f, frozen.item<float>());
        optimizer.ZeroGrad();
        Assert.Null(slow.grad);
        optimizer.Step(0.1);
        Assert.Equal(0.99f, slow.item<float>(), 5);
    }

    [Fact]
    public void State_that_is_saved_and_loaded_goes_on_as_if_nothing_had_happened()
    {
        using var scope = NewDisposeScope();
        var (through, resumed) = (new Parameter(ones(4)), new Parameter(ones(4)));
        using var first = new FusedAdamW([new TrainedParameter("w", through)]);
        using var second = new FusedAdamW([new TrainedParameter("w", resumed)]);
        through.grad = tensor(new[] { 1f, 2f, 3f, 4f });
        first.Step(0.1);
        second.Load(first.State().ToDictionary(s => s.Name, s => s.Tensor.clone()));
        using (no_grad())
            resumed.copy_(through);
        resumed.grad = through.grad!.clone();
        first.Step(0.1);
        second.Step(0.1);
        Assert.Equal(through.data<float>().ToArray(), resumed.data<float>().ToArray());
        Assert.Contains("missing", Assert.Throws<ArgumentException>(() => second.Load(new Dictionary<string, Tensor>())).Message);
    }

    [Fact]
    public void A_step_leaves_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        var weights = new Parameter(ones(4));
        weights.grad = ones(4);
        using var optimizer = new FusedAdamW([new TrainedParameter("w", weights)]);
        void Step()
        {
            using var inner = NewDisposeScope();
            optimizer.ClipGradientsDeferred(1);
            optimizer.Step(0.1);
        }
        Step();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 5; i++)
            Step();
        Assert.Equal(before, Tensor.TotalCount);
    }
}
