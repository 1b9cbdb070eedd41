using Ssl.Learner.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Tests.Pretraining;

/// <summary>Losses on cases small enough to compute by hand.</summary>
public sealed class LossTests : IDisposable
{
    readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>Similarities 1, 0 and -1 over a temperature of 0.5: -ln(e^2 / (e^2 + e^0 + e^-2)).</summary>
    [Fact]
    public void Contrastive_loss_is_the_cross_entropy_of_the_cosines()
    {
        var context = tensor(new float[] { 3, 0, 0, 2, 5, 0 }, [1, 3, 2]);
        var quantised = tensor(new float[] { 1, 0, 0, 7, -2, 0 }, [1, 3, 2]);
        var candidates = tensor(new long[] { 0, 1, 2, /**/ 1, 0, 0, /**/ 0, 0, 0 }, [1, 3, 3]);
        var weights = tensor(new[] { 0.5f, 0.5f, 0f }, [1, 3]); // the third is filling
        var codes = tensor(new long[] { 0, 1, 2 }, [1, 3, 1]);
        var result = ContrastiveLoss.Of(context, quantised, codes, candidates, weights,
            new PretrainingRecipe { ContrastiveTemperature = 0.5 });
        var first = Math.Log(Math.Exp(2) + 1 + Math.Exp(-2)) - 2;
        var second = Math.Log(Math.Exp(2) + 1 + 1) - 2;
        Assert.Equal((first + second) / 2, result.Loss.item<float>(), 1e-5);
        Assert.Equal(1, result.Accuracy.item<float>(), 1e-5);
    }

    [Fact]
    public void A_tied_distractor_costs_and_an_excluded_one_does_not()
    {
        var context = tensor(new float[] { 1, 0, 0, 1, 1, 0 }, [1, 3, 2]);
        var quantised = tensor(new float[] { 1, 0, 0, 1, 1, 0 }, [1, 3, 2]); // the third frame has the first one's codes
        var codes = tensor(new long[] { 4, 7, 4, 8, 4, 7 }, [1, 3, 2]);
        var candidates = tensor(new long[] { 0, 1, 2 }, [1, 1, 3]).expand(1, 3, 3);
        var weights = tensor(new[] { 1f, 0f, 0f }, [1, 3]);
        var tie = ContrastiveLoss.Of(context, quantised, codes, candidates, weights, new PretrainingRecipe());
        Assert.Equal(Math.Log(2 + Math.Exp(-10)), tie.Loss.item<float>(), 1e-5);
        Assert.Equal(0.5, tie.Accuracy.item<float>(), 1e-5);
        var exclude = ContrastiveLoss.Of(context, quantised, codes, candidates, weights,
            new PretrainingRecipe { IdenticalDistractors = IdenticalDistractors.Exclude });
        Assert.Equal(Math.Log(1 + Math.Exp(-10)), exclude.Loss.item<float>(), 1e-5);
        Assert.Equal(1, exclude.Accuracy.item<float>(), 1e-5);
    }

    /// <summary>The trapdoor: all frames on one code. Excluding sees a perfect score, tying sees chance.</summary>
    [Fact]
    public void Collapsed_codes_score_at_chance()
    {
        var masked = new MaskedFrames(Enumerable.Repeat(true, 20).ToArray(), 1, 20);
        var vectors = ones(1, masked.Width, 8);
        var codes = zeros([1, masked.Width, 2], ScalarType.Int64);
        var drawn = new long[masked.Width * 101];
        DistractorSampler.Draw(masked, 100, 1, 1, part: 0, drawn);
        var candidates = tensor(drawn, [1, masked.Width, 101]);
        var tie = ContrastiveLoss.Of(vectors, vectors, codes, candidates, masked.MeanWeights(CPU), new PretrainingRecipe());
        Assert.Equal(Math.Log(101), tie.Loss.item<float>(), 1e-4);
        Assert.Equal(1 / 101.0, tie.Accuracy.item<float>(), 1e-4);
        var exclude = ContrastiveLoss.Of(vectors, vectors, codes, candidates, masked.MeanWeights(CPU),
            new PretrainingRecipe { IdenticalDistractors = IdenticalDistractors.Exclude });
        Assert.Equal(0, exclude.Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Diversity_counts_codes_in_use()
    {
        // Two codebooks of four; two masked frames and one of filling. First book: codes 0 and 1 half each; second: code 3 always.
        var choices = zeros(1, 3, 2, 4);
        choices[0, 0, 0, 0] = 1;
        choices[0, 1, 0, 1] = 1;
        choices[0, 2, 0, 2] = 1;
        choices[0, .., 1, 3] = 1;
        var perplexities = DiversityLoss.Perplexities(choices, tensor(new[] { 0.5f, 0.5f, 0f }, [1, 3]));
        Assert.Equal([2], perplexities.shape);
        Assert.Equal(2, perplexities[0].item<float>(), 1e-4);
        Assert.Equal(1, perplexities[1].item<float>(), 1e-4);
        Assert.Equal((8 - 3) / 8.0, DiversityLoss.Of(perplexities, 8).item<float>(), 1e-4);
    }

    [Fact]
    public void Masked_prediction_is_the_cross_entropy_of_the_codes()
    {
        var logits = tensor(new float[] { 2, 0, 0, /**/ 0, 1, 3, /**/ 9, 9, 9 }, [1, 3, 3]);
        var codes = tensor(new long[] { 0, 1, 2 }, [1, 3]);
        var result = MaskedPredictionLoss.Of(logits, codes, tensor(new[] { 0.5f, 0.5f, 0f }, [1, 3]));
        var first = Math.Log(Math.Exp(2) + 2) - 2;
        var second = Math.Log(1 + Math.Exp(1) + Math.Exp(3)) - 1;
        Assert.Equal((first + second) / 2, result.Loss.item<float>(), 1e-5);
        Assert.Equal(0.5, result.Accuracy.item<float>(), 1e-5);
    }

    [Fact]
    public void The_quantiser_passes_hard_codes_forward_and_soft_gradients_backward()
    {
        using var generator = new Generator(1);
        var quantizer = new GumbelVectorQuantizer(6, new PretrainingShape(2, 5, 8, 4, 16, 4), generator);
        var features = randn(2, 3, 6, requires_grad: true);
        var quantised = quantizer.Quantise(features, 2, quantizer.Noise(6, generator, CPU));
        var books = quantizer.state_dict()["codevectors"].view(2, 5, 4);
        for (var row = 0; row < 2; row++)
            for (var frame = 0; frame < 3; frame++)
                for (var book = 0; book < 2; book++)
                {
                    var vector = books[book, quantised.Codes[row, frame, book].item<long>()];
                    Assert.True(quantised.Vectors[row, frame].narrow(0, book * 4, 4).allclose(vector, atol: 1e-6));
                }
        quantised.Vectors.pow(2).sum().backward();
        Assert.All(quantizer.parameters(), p => Assert.True(p.grad!.abs().sum().item<float>() > 0));
        Assert.True(features.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void The_gumbel_temperature_falls_to_its_floor()
    {
        var options = new PretrainingRecipe();
        Assert.Equal(2, options.GumbelTemperatureAt(0));
        Assert.Equal(2 * Math.Exp(-0.1), options.GumbelTemperatureAt(1000), 1e-3);
        Assert.Equal(0.5, options.GumbelTemperatureAt(1_000_000));
    }
}
