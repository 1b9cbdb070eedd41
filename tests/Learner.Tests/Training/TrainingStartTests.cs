using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Learner.Tests.Training;

public sealed class TrainingStartTests : IDisposable
{
    readonly TinyRun run = new(TinyRun.Defaults with { Publishing = TinyRun.AtEveryStep });

    public void Dispose() => run.Dispose();

    [Fact]
    public void A_published_version_is_taken_up_with_its_quantiser_and_heads()
    {
        run.AddTones();
        using var trainer = run.Start();
        TinyRun.RunUntil(trainer, () => run.Versions.Count > 0);
        using var empty = new TemporaryFolder();
        using var session = Start("1", empty.Path);
        Assert.Equal((0, 1), (session.Start.Step, session.Start.ParentVersion));
        using var scope = NewDisposeScope();
        var folder = run.Registry.Open(ModelKind.Encoder, 1, out _)!.Path;
        var published = SafetensorsFile.Read(Path.Combine(folder, "pretraining.safetensors"));
        foreach (var (name, tensor) in SafetensorsFile.Read(Path.Combine(folder, "model.safetensors")))
            published.Add($"encoder.{name}", tensor);
        var weights = session.Weights;
        Assert.All(weights.Model.State, own => Assert.True(own.Tensor.eq(published[own.Name]).all().item<bool>(), own.Name));
        Assert.All(weights.Average.Model.State, own => Assert.True(own.Tensor.eq(published[own.Name]).all().item<bool>(), own.Name));
    }

    [Theory]
    [InlineData("group-postnorm")]
    [InlineData("layer-prenorm")]
    public void A_pretraining_model_of_transformers_is_taken_up_with_its_quantiser(string variant)
    {
        using var empty = new TemporaryFolder();
        var folder = Path.GetDirectoryName(SharedFolder.Reference($"{variant}/pretraining/model.safetensors"))!;
        using var session = Start(folder, empty.Path);
        var weights = session.Weights;
        using var scope = NewDisposeScope();
        var theirs = SafetensorsFile.Read(Path.Combine(folder, "model.safetensors"));
        string[] heads = ["quantizer.codevectors", "quantizer.weight_proj.weight", "quantizer.weight_proj.bias", "project_hid.weight",
            "project_hid.bias", "project_q.weight", "project_q.bias"];
        Assert.All(heads, name =>
            Assert.True(weights.Model.State.Single(t => t.Name == name).Tensor.equal(theirs[name]).all().item<bool>(), name));
        Assert.All(heads, name =>
            Assert.True(weights.Average.Model.State.Single(t => t.Name == name).Tensor.equal(theirs[name]).all().item<bool>(), name));
        Assert.Equal(2, weights.Model.Heads.Quantizer.Shape.Codebooks);
    }

    [Fact]
    public void A_published_waveform_encoder_is_a_model_for_pretraining_and_keeps_all_its_heads()
    {
        using var scope = NewDisposeScope();
        var config = Wav2Vec2Config.Base with
        {
            HiddenSize = 32,
            NumHiddenLayers = 1,
            NumAttentionHeads = 4,
            IntermediateSize = 48,
            ConvDim = [16, 24],
            ConvKernel = [10, 8],
            ConvStride = [10, 32],
        };
        using var model = PretrainingModel.Create(config, PretrainingShape.For(config), seed: 1, CPU);
        using var folder = new TemporaryFolder();
        EncoderPublisher.Write(folder.Path, model);
        var inside = SafetensorsFile.Read(folder["model.safetensors"]);
        var beside = SafetensorsFile.Read(folder["pretraining.safetensors"]);
        string[] heads = ["project_hid.bias", "project_hid.weight", "project_q.bias", "project_q.weight", "quantizer.codevectors",
            "quantizer.weight_proj.bias", "quantizer.weight_proj.weight"];
        Assert.Equal(heads, inside.Keys.Where(k => !k.StartsWith("wav2vec2.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(beside.Keys, k => Assert.DoesNotContain(k, heads));
        var read = ModelFolder.ReadPretrainingHeads(folder.Path);
        Assert.All(model.Heads.state_dict(), t => Assert.True(t.Value.equal(read[t.Key]).all().item<bool>(), t.Key));
        Assert.Contains("Wav2Vec2ForPreTraining", File.ReadAllText(folder["config.json"]));
    }

    [Fact]
    public void Tiny_has_about_two_million_parameters()
    {
        using var empty = new TemporaryFolder();
        using var session = Start("Tiny", empty.Path);
        Assert.Equal(Wav2Vec2BertConfig.Tiny, session.Weights.Model.Encoder.Config);
        Assert.InRange(session.Weights.Model.Parameters.Sum(p => p.Parameter.numel()), 1_600_000, 2_400_000);
        Assert.Null(session.Start.ParentVersion);
    }

    [Fact]
    public void A_config_file_is_a_fresh_encoder_of_its_shape()
    {
        using var empty = new TemporaryFolder();
        var shape = Wav2Vec2BertConfig.Tiny with { NumHiddenLayers = 2, FeatureProjectionInputDim = 240, Stride = 3 };
        File.WriteAllText(Path.Combine(empty.Path, "shape.json"), shape.ToJson().ToJsonString());
        using (var session = Start(Path.Combine(empty.Path, "shape.json"), empty.Path))
        {
            Assert.Equal(shape, session.Weights.Model.Encoder.Config);
            Assert.Equal([240, 16], session.Weights.Model.State.Single(t => t.Name == "random_projection.projection").Tensor.shape);
        }
        File.WriteAllText(Path.Combine(empty.Path, "shape.json"), (Wav2Vec2Config.Base with { ConvStride = [5, 2, 2, 2, 2, 2, 1] })
            .ToJson().ToJsonString());
        Assert.Contains("every 160 samples",
            Assert.Throws<InvalidSettingException>(() => Start(Path.Combine(empty.Path, "shape.json"), empty.Path)).Message);
        File.WriteAllText(Path.Combine(empty.Path, "shape.json"), "{}");
        Assert.Contains("model_type",
            Assert.Throws<InvalidSettingException>(() => Start(Path.Combine(empty.Path, "shape.json"), empty.Path)).Message);
        Assert.Contains("none.json", Assert.Throws<InvalidSettingException>(() => Start(Path.Combine(empty.Path, "none.json"), empty.Path))
            .Message);
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("7")]
    [InlineData("no/such/folder")]
    public void What_cannot_be_trained_is_named(string encoder)
    {
        using var empty = new TemporaryFolder();
        var e = Assert.Throws<InvalidSettingException>(() => Start(encoder, empty.Path));
        Assert.Contains("Learner:Encoder", e.Message);
        Assert.Contains(encoder, e.Message);
    }

    PretrainingSession Start(string encoder, string checkpoints) => PretrainingSession.Open(
        run.Setup with { Options = run.Options with { Encoder = encoder } }, new CheckpointStore(checkpoints, NullLogger.Instance));
}
