using Ssl.Shared.Speech.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>What holds for both layouts.</summary>
public sealed class SpeechEncoderTests
{
    public static TheoryData<string> Layouts => [.. SmallEncoders.All.Keys];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_masked_frame_is_the_learned_vector_whatever_was_there(string layout)
    {
        using var scope = NewDisposeScope();
        using var encoder = SpeechEncoder.Create(SmallEncoders.All[layout], seed: 1);
        encoder.eval();
        var features = randn(2, 30, encoder.FeatureSize);
        var timeMask = zeros(2, 30, dtype: ScalarType.Bool);
        timeMask[0, 5..15] = true;
        var other = features.clone();
        other[0, 5..15] = 7;
        var (plain, first, second) = (encoder.Contextualise(features, null), encoder.Contextualise(features, null, timeMask),
            encoder.Contextualise(other, null, timeMask));
        ReferenceTensors.AssertClose(first, second, 1e-6, "context with other values under the mask");
        Assert.True(ReferenceTensors.RelativeError(plain, first) > 1e-3);
        ReferenceTensors.AssertClose(plain[1], first[1], 1e-5, "context of the utterance that is not masked");
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Padding_changes_nothing(string layout)
    {
        using var scope = NewDisposeScope();
        using var encoder = SpeechEncoder.Create(SmallEncoders.All[layout], seed: 1);
        encoder.eval();
        var features = randn(2, 30, encoder.FeatureSize);
        var frameMask = ones(2, 30, dtype: ScalarType.Bool);
        frameMask[1, 20..] = false;
        var alone = encoder.Contextualise(features[1, ..20].unsqueeze(0), null);
        ReferenceTensors.AssertClose(alone[0], encoder.Contextualise(features, frameMask)[1, ..20], 1e-4, "context");
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void One_seed_gives_one_encoder(string layout)
    {
        using var scope = NewDisposeScope();
        using var first = SpeechEncoder.Create(SmallEncoders.All[layout], seed: 1);
        using var same = SpeechEncoder.Create(SmallEncoders.All[layout], seed: 1);
        using var other = SpeechEncoder.Create(SmallEncoders.All[layout], seed: 2);
        var (a, b, c) = (first.state_dict(), same.state_dict(), other.state_dict());
        Assert.All(a, t => Assert.True(t.Value.equal(b[t.Key]).all().item<bool>(), t.Key));
        Assert.Contains(a, t => !t.Value.equal(c[t.Key]).all().item<bool>());
        Assert.All(a, t => Assert.True(t.Value.isfinite().all().item<bool>(), t.Key));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Dropouts_and_layer_drop_act_in_training_only(string layout)
    {
        using var scope = NewDisposeScope();
        var features = randn(1, 20, SmallEncoders.FeatureSize(layout));
        foreach (var config in new[] { SmallEncoders.All[layout] with { LayerDrop = 1 },
            SmallEncoders.All[layout] with { HiddenDropout = 0.5 }, SmallEncoders.All[layout] with { AttentionDropout = 0.5 } })
        {
            using var encoder = SpeechEncoder.Create(config, seed: 1);
            encoder.eval();
            var evaluated = encoder.Contextualise(features, null);
            Assert.Equal(0, (evaluated - encoder.Contextualise(features, null)).abs().max().item<float>());
            encoder.train();
            Assert.True(ReferenceTensors.RelativeError(evaluated, encoder.Contextualise(features, null)) > 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_loss_falls_on_one_batch_and_a_step_leaves_no_tensors_behind(string layout)
    {
        using var model = new CtcModel(SpeechEncoder.Create(SmallEncoders.All[layout], seed: 1), vocabularySize: 8, seed: 1);
        using var optimizer = new Ssl.Shared.Speech.Torch.FusedAdamW(model.named_parameters()
            .Select(p => new Ssl.Shared.Speech.Torch.TrainedParameter(p.name, p.parameter)));
        var random = new Random(1);
        var clips = new[] { 16_000, 12_000 }.Select(n => new ReadOnlyMemory<short>([.. Enumerable.Range(0, n)
            .Select(i => (short)(3000 * Math.Sin(i * 0.1) + random.Next(-500, 500)))])).ToArray();
        float Step()
        {
            using var scope = NewDisposeScope();
            var batch = FeatureExtractor.For(model.Encoder.Config).Batch(clips, CPU);
            var loss = CtcModel.Loss(model.Logits(batch), batch.FrameCounts, [[1, 2, 3], [4, 5]]);
            optimizer.ZeroGrad();
            loss.backward();
            optimizer.ClipGradientsDeferred(1);
            optimizer.Step(1e-2);
            return loss.item<float>();
        }
        var first = Step();
        var before = LiveTensors();
        var last = Enumerable.Range(0, 40).Select(_ => Step()).ToArray()[^1]; // Last() alone would take one step
        Assert.InRange(last, 0, first * 0.7f);
        Assert.Equal(before, LiveTensors());
    }

    /// <summary>Without what earlier tests left to the garbage collector.</summary>
    static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    [Fact]
    public void What_one_encoder_was_taught_is_added_to_another()
    {
        using var scope = NewDisposeScope();
        using var origin = SpeechEncoder.Create(SmallEncoders.All["conformer"], seed: 1);
        using var tuned = SpeechEncoder.Create(SmallEncoders.All["conformer"], seed: 2);
        using var other = SpeechEncoder.Create(SmallEncoders.All["conformer"], seed: 3);
        var before = other.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        other.AddTaskVector(tuned, origin);
        Assert.All(other.state_dict(), t =>
            Assert.True(allclose(t.Value, before[t.Key] + tuned.state_dict()[t.Key] - origin.state_dict()[t.Key]), t.Key));
    }

    [Fact]
    public void Features_and_masks_of_another_shape_are_refused_at_the_door()
    {
        using var scope = NewDisposeScope();
        using var encoder = SpeechEncoder.Create(SmallEncoders.All["conformer"], seed: 1);
        Assert.Contains("expected [B, T, 160]", Assert.Throws<ArgumentException>(() => encoder.Contextualise(zeros(1, 5, 80), null))
            .Message);
        Assert.Contains("expected Bool [1, 5]",
            Assert.Throws<ArgumentException>(() => encoder.Contextualise(zeros(1, 5, 160), ones(1, 6, dtype: ScalarType.Bool))).Message);
    }
}
