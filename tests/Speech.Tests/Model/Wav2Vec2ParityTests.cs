using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>
/// The waveform encoder in both published variants, its CTC loss and its gradients against transformers 5.23 on PyTorch 2.13.
/// </summary>
public sealed class Wav2Vec2ParityTests
{
    static readonly Wav2Vec2Config Small = new()
    {
        HiddenSize = 48,
        NumHiddenLayers = 3,
        NumAttentionHeads = 4,
        IntermediateSize = 96,
        ConvKernel = [10, 8, 4],
        ConvStride = [5, 8, 8],
        ConvDim = [32, 32, 48]
    };

    [Theory]
    [InlineData("group-postnorm", "padded")]
    [InlineData("group-postnorm", "unpadded")]
    [InlineData("layer-prenorm", "padded")]
    [InlineData("layer-prenorm", "unpadded")]
    public void Features_and_hidden_states_are_those_of_the_reference(string variant, string padding)
    {
        using var scope = NewDisposeScope();
        using var encoder = (Wav2Vec2Encoder)ModelFolder.LoadEncoder(SharedFolder.Reference($"{variant}/pretraining"));
        encoder.eval();
        var expected = new ReferenceTensors($"{variant}/pretraining-{padding}.safetensors");
        var batch = Batch(expected);
        Assert.Equal(expected["frame_lengths"].to(ScalarType.Int64).data<long>().ToArray(), batch.FrameCounts);
        ReferenceTensors.AssertClose(expected["conv_features"], encoder.Convolve(batch.Inputs, sampleCounts: null).transpose(1, 2),
            1e-4, "convolution features");
        var features = encoder.ExtractFeatures(batch);
        ReferenceTensors.AssertClose(expected["extract_features"], features, 1e-4, "extracted features");
        var hiddenStates = new List<Tensor>();
        var last = encoder.Contextualise(features, batch.PaddingMask, null, hiddenStates);
        AssertHiddenStates(expected, hiddenStates[..^1]);
        ReferenceTensors.AssertClose(expected["last_hidden_state"], last, 1e-4, "last hidden state");

        // The reference has apply_spec_augment off: its masks choose frames for the losses, but the mask vector replaces nothing.
        var heads = new ReferenceTensors($"{variant}/pretraining/model.safetensors");
        var projected = nn.functional.linear(last, heads["project_hid.weight"], heads["project_hid.bias"]);
        ReferenceTensors.AssertClose(expected["eval.projected_states"], projected, 1e-4, "projected states");
    }

    [Theory]
    [InlineData("group-postnorm", "padded")]
    [InlineData("group-postnorm", "unpadded")]
    [InlineData("layer-prenorm", "padded")]
    [InlineData("layer-prenorm", "unpadded")]
    public void Logits_loss_and_gradients_are_those_of_the_reference(string variant, string padding)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadCtcModel(SharedFolder.Reference($"{variant}/ctc"), vocabularySize: 32);
        model.eval();
        var expected = new ReferenceTensors($"{variant}/ctc-{padding}.safetensors");
        var gradients = new ReferenceTensors($"{variant}/ctc-{padding}-gradients.safetensors");
        var batch = Batch(expected);
        var hiddenStates = new List<Tensor>();
        var logits = model.Logits(batch, hiddenStates: hiddenStates);
        AssertHiddenStates(expected, hiddenStates[..^1]);
        ReferenceTensors.AssertClose(expected["logits"], logits, 1e-4, "logits");
        var loss = CtcModel.Loss(logits, batch.FrameCounts, ReferenceTensors.Labels(expected["labels"]));
        ReferenceTensors.AssertClose(expected["loss"], loss, 1e-4, "loss");
        loss.backward();
        gradients.AssertGradients(model, "k_proj.bias", "k_proj.weight");
    }

    [Fact]
    public void A_group_norm_model_answers_the_same_alone_and_in_company()
    {
        using var scope = NewDisposeScope();
        using var encoder = ModelFolder.LoadEncoder(SharedFolder.Reference("group-postnorm/ctc"));
        encoder.eval();
        var random = new Random(1);
        var clips = new[] { 24_000, 9_600 }.Select(n =>
            new ReadOnlyMemory<short>([.. Enumerable.Range(0, n).Select(_ => (short)random.Next(-3000, 3000))])).ToArray();
        var extractor = FeatureExtractor.For(encoder.Config);
        var together = extractor.Batch(clips, CPU);
        var alone = extractor.Batch([clips[1]], CPU);
        var expected = encoder.Contextualise(encoder.ExtractFeatures(alone), alone.PaddingMask);
        var found = encoder.Contextualise(encoder.ExtractFeatures(together), together.PaddingMask);
        ReferenceTensors.AssertClose(expected[0], found[1, ..(int)alone.FrameCounts[0]], 1e-4, "hidden states");
    }

    [Fact]
    public void Only_so_much_of_the_gradient_reaches_the_convolutions_as_is_asked_for()
    {
        using var scope = NewDisposeScope();
        using var encoder = SpeechEncoder.Create(Small, seed: 1);
        float Norm(double scale)
        {
            encoder.FeatureGradientScale = scale;
            encoder.zero_grad();
            using var batch = new SpeechBatch(arange(4000).sin().unsqueeze(0), ones(1, Small.FramesOf(4000), dtype: ScalarType.Bool),
                [Small.FramesOf(4000)], 0.25);
            var features = encoder.ExtractFeatures(batch, out var penalty);
            Assert.True(penalty!.item<float>() > 0);
            encoder.Contextualise(features, null).square().mean().backward();
            return encoder.FeatureEncoderParameters().First().grad!.norm().item<float>();
        }
        Assert.Equal(0.1f, Norm(0.1) / Norm(1), 4);
    }

    static void AssertHiddenStates(ReferenceTensors expected, IEnumerable<Tensor> hiddenStates)
    {
        foreach (var (state, layer) in hiddenStates.Select((state, layer) => (state, layer)))
            ReferenceTensors.AssertClose(expected[$"hidden_states.{layer}"], state, 1e-4, $"hidden state {layer}");
    }

    /// <summary>As the reference was fed: its group norm sees the padding.</summary>
    static SpeechBatch Batch(ReferenceTensors expected)
    {
        var inputs = expected["input_values"];
        var samples = expected.Names.Contains("attention_mask") ? expected["attention_mask"].to(ScalarType.Int64).sum(1).data<long>()
            .ToArray() : [.. Enumerable.Repeat(inputs.shape[1], (int)inputs.shape[0])];
        var frames = samples.Select(Small.FramesOf).ToArray();
        return new SpeechBatch(inputs, arange(frames.Max()).unsqueeze(0) < tensor(frames).unsqueeze(1), frames, 1);
    }
}
