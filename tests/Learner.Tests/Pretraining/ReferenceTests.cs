using Ssl.Learner.Pretraining;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.Shared.Speech.Torch;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Tests.Pretraining;

/// <summary>
/// Quantiser, losses and random-projection codes against what transformers and SpeechBrain compute (../shared/reference).
/// </summary>
public sealed class ReferenceTests : IDisposable
{
    const double Tolerance = 1e-4;
    static readonly PretrainingRecipe Reference = new() { IdenticalDistractors = IdenticalDistractors.Exclude, Distractors = 30 };
    static readonly PretrainingShape Shape = new(2, 20, 32, 24, 8, 4);

    readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string> Cases =>
        [.. from variant in new[] { "layer-prenorm", "group-postnorm" }
            from batch in new[] { "padded", "unpadded" }
            select $"{variant}/pretraining-{batch}"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Training_with_its_noise_is_the_references(string name)
    {
        var (expected, heads, masked) = Load(name);
        var noise = ForMasked(expected["gumbel_noise"].view(-1, 40), masked).view(-1, 20);
        var quantised = heads.Quantizer.Quantise(Gather(expected["extract_features"], masked), 1.5, noise);
        AssertLosses(expected, "train", heads, masked, quantised, quantised.Probabilities);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluation_is_the_references(string name)
    {
        var (expected, heads, masked) = Load(name);
        var noise = zeros(masked.Rows * masked.Width * Shape.Codebooks, Shape.CodesPerBook);
        var quantised = heads.Quantizer.Quantise(Gather(expected["extract_features"], masked), 1, noise);
        AssertLosses(expected, "eval", heads, masked, quantised, quantised.Choices);
    }

    /// <summary>
    /// The reference was made with apply_spec_augment off: its masks choose frames, but nothing is replaced by the mask vector.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_parameters_gradient_is_the_references(string name)
    {
        var (expected, heads, masked) = Load(name);
        using var model = new PretrainingModel(
            ModelFolder.LoadEncoder(Path.Combine(SharedFolder.Reference(Path.GetDirectoryName(name)!), "pretraining")), heads);
        using var optimizer = new FusedAdamW(model.Parameters.Select(p => new TrainedParameter(p.Name, p.Parameter)));
        using var step = new TrainingStep(model, optimizer, Reference with { MaskedPredictionWeight = 0, FeaturePenaltyWeight = 0 },
            new TrainingOptions());
        var batch = Batch(expected, padded: name.EndsWith("-padded", StringComparison.Ordinal));
        var features = model.Encoder.ExtractFeatures(batch);
        var context = model.Encoder.Contextualise(features, batch.PaddingMask);
        var noise = ForMasked(expected["gumbel_noise"].view(-1, 40), masked).view(-1, 20);
        var candidates = Candidates(expected["sampled_negative_indices"], masked);
        // the reference's is a sum
        var loss = step.Losses(batch, masked, (features, context, null), noise, candidates, temperature: 1.5)[0] * masked.Total;
        AssertClose(expected["train.loss"].item<float>(), loss.item<float>());
        loss.backward();

        var gradients = SafetensorsFile.Read(SharedFolder.Reference($"{name}-gradients.safetensors"));
        var parameters = model.Parameters.ToDictionary(p => p.Name.StartsWith("encoder.", StringComparison.Ordinal)
            ? "wav2vec2." + p.Name["encoder.".Length..] : p.Name, p => p.Parameter);
        Assert.True(gradients.Count > 60);
        foreach (var (key, gradient) in gradients)
        {
            // Softmax does not see what all keys have in common: the gradient of their bias is zero but for rounding.
            var scale = gradients[key.Replace("k_proj.bias", "k_proj.weight", StringComparison.Ordinal)].abs().max().item<float>();
            var error = (parameters[key].grad! - gradient).abs().max().item<float>() / scale;
            TestContext.Current.TestOutputHelper?.WriteLine($"{key}: {error:e2}");
            Assert.True(error < 1e-3, $"{key}: relative error {error:e2}");
        }
    }

    [Fact]
    public void Random_projection_codes_are_the_references()
    {
        var reference = SafetensorsFile.Read(SharedFolder.Reference("random-projection.safetensors"));
        var codes = new RandomProjectionCodes(reference["projection"], reference["codebook"]).Of(reference["features"].flatten(0, 1));
        Assert.True(codes.eq(reference["codes"].flatten()).all().item<bool>());
    }

    static void AssertLosses(Dictionary<string, Tensor> expected, string mode, PretrainingHeads heads, MaskedFrames masked,
        QuantisedFrames quantised, Tensor used)
    {
        var weights = masked.MeanWeights(CPU);
        var projected = heads.ProjectQuantised(quantised.Vectors);
        AssertClose(Gather(expected[$"{mode}.projected_quantized_states"], masked), projected, weights);
        var contrastive = ContrastiveLoss.Of(Gather(expected[$"{mode}.projected_states"], masked), projected, quantised.Codes,
            Candidates(expected["sampled_negative_indices"], masked), weights, Reference);
        // the reference's is a sum
        AssertClose(expected[$"{mode}.contrastive_loss"].item<float>(), contrastive.Loss.item<float>() * masked.Total);
        var perplexities = DiversityLoss.Perplexities(used, weights);
        AssertClose(expected[$"{mode}.codevector_perplexity"].item<float>(), perplexities.sum().item<float>());
        AssertClose(expected[$"{mode}.diversity_loss"].item<float>(), DiversityLoss.Of(perplexities, 40).item<float>() * masked.Total);
        AssertClose(expected[$"{mode}.loss"].item<float>(), (contrastive.Loss + 0.1 * DiversityLoss.Of(perplexities, 40))
            .item<float>() * masked.Total);
    }

    static (Dictionary<string, Tensor>, PretrainingHeads, MaskedFrames) Load(string name)
    {
        var expected = SafetensorsFile.Read(SharedFolder.Reference($"{name}.safetensors"));
        var weights =
            SafetensorsFile.Read(Path.Combine(SharedFolder.Reference(Path.GetDirectoryName(name)!), "pretraining", "model.safetensors"));
        using var encoder = ModelFolder.LoadEncoder(Path.Combine(SharedFolder.Reference(Path.GetDirectoryName(name)!), "pretraining"));
        var heads = new PretrainingHeads(encoder, Shape, 1);
        var own = heads.state_dict().Where(t => t.Key.StartsWith("prediction_head", StringComparison.Ordinal)
            || t.Key.StartsWith("random_projection", StringComparison.Ordinal));
        var theirs = weights.Where(w => w.Key.StartsWith("quantizer.", StringComparison.Ordinal)
            || w.Key.StartsWith("project_", StringComparison.Ordinal));
        StateDict.Load(heads, theirs.Concat(own).ToDictionary(), "", mayHoldMore: false, name);
        var mask = expected["mask_time_indices"];
        return (expected, heads,
            new MaskedFrames(mask.to_type(ScalarType.Bool).data<bool>().ToArray(), (int)mask.shape[0], (int)mask.shape[1]));
    }

    static SpeechBatch Batch(Dictionary<string, Tensor> expected, bool padded)
    {
        var lengths = expected["frame_lengths"].to_type(ScalarType.Int64).data<long>().ToArray();
        var frames = expected["mask_time_indices"].shape[1];
        var counts = padded ? lengths : [.. lengths.Select(_ => frames)];
        var mask = arange(frames, ScalarType.Int64).unsqueeze(0).lt(tensor(counts).unsqueeze(1));
        return new SpeechBatch(expected["input_values"], mask, counts, 1);
    }

    static Tensor Gather(Tensor values, MaskedFrames masked) => masked.Gather(values, masked.GatherIndex(CPU));

    /// <summary>[B·T, X] to [B·M, X]</summary>
    static Tensor ForMasked(Tensor values, MaskedFrames masked) => values.index_select(0, masked.GatherIndex(CPU));

    /// <summary>The reference's distractors are flat indices into B·T; ours are positions among the utterance's masked frames.</summary>
    static Tensor Candidates(Tensor negatives, MaskedFrames masked)
    {
        var frames = masked.GatherIndex(CPU).data<long>().ToArray();
        var flat = ForMasked(negatives.flatten(0, 1), masked).to_type(ScalarType.Int64); // [B·M, K]
        var candidates = new long[frames.Length * 31];
        for (var row = 0; row < frames.Length; row++)
        {
            var first = row / masked.Width * masked.Width;
            var positions = Enumerable.Range(0, masked.CountOf(row / masked.Width)).ToDictionary(i => frames[first + i], i => (long)i);
            candidates[row * 31] = positions[frames[row]];
            for (var k = 0; k < 30; k++)
                candidates[row * 31 + 1 + k] = positions[flat[row, k].item<long>()];
        }
        return tensor(candidates, [masked.Rows, masked.Width, 31]);
    }

    static void AssertClose(Tensor expected, Tensor actual, Tensor weights)
    {
        var counted = weights.gt(0).unsqueeze(2);
        var error = ((expected - actual) * counted).norm().item<float>() / (expected * counted).norm().item<float>();
        Assert.True(error < Tolerance, $"relative error {error}");
    }

    static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Abs(expected), $"expected {expected}, got {actual}");
}
