using System.Text.Json;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>The conformer, its CTC loss and its gradients against transformers 5.23 on PyTorch 2.13.</summary>
public sealed class Wav2Vec2BertParityTests
{
    [Theory]
    [InlineData("relative-key", "padded")]
    [InlineData("relative-key", "unpadded")]
    [InlineData("rotary", "padded")]
    [InlineData("rotary", "unpadded")]
    public void Outputs_loss_and_gradients_are_those_of_the_reference(string embedding, string padding)
    {
        using var model = ModelFolder.LoadCtcModel(SharedFolder.Reference($"wav2vec2-bert/{embedding}"), vocabularySize: 32);
        var features = new ReferenceTensors("wav2vec2-bert/log-mel.safetensors");
        var expected = new ReferenceTensors($"wav2vec2-bert/{embedding}-{padding}.safetensors");
        var gradients = new ReferenceTensors($"wav2vec2-bert/{embedding}-{padding}-gradients.safetensors");

        var inputs = features["batch.input_features"];
        var mask = padding == "padded" ? features["batch.attention_mask"].to(ScalarType.Bool)
            : ones(inputs.shape[0], inputs.shape[1], dtype: ScalarType.Bool);
        using var batch = new SpeechBatch(inputs, mask, mask.sum(1).data<long>().ToArray(), 1);
        var hiddenStates = new List<Tensor>();
        var logits = model.Logits(batch, hiddenStates: hiddenStates);
        for (var layer = 0; layer < hiddenStates.Count; layer++)
            ReferenceTensors.AssertClose(expected[$"hidden_states.{layer}"], hiddenStates[layer], 1e-4, $"hidden state {layer}");
        ReferenceTensors.AssertClose(expected["logits"], logits, 1e-4, "logits");

        var loss = CtcModel.Loss(logits, batch.FrameCounts, ReferenceTensors.Labels(expected["labels"]));
        ReferenceTensors.AssertClose(expected["loss"], loss, 1e-4, "loss");

        loss.backward();
        gradients.AssertGradients(model, "linear_k.bias", "linear_k.weight");
    }

    [Fact]
    public void State_dict_of_the_600_million_parameter_layout_is_the_published_one()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("wav2vec2-bert/shapes-600m.json")));
        var published = json.RootElement.EnumerateObject().Where(p => !p.Name.Contains(".layers.") || p.Name.Contains(".layers.0."))
            .Select(p => $"{p.Name} [{string.Join(", ", p.Value.EnumerateArray().Select(d => d.GetInt64()))}]")
            .Order(StringComparer.Ordinal);
        var config = new Wav2Vec2BertConfig
        {
            HiddenSize = 1024,
            NumHiddenLayers = 1,
            NumAttentionHeads = 16,
            IntermediateSize = 4096,
            PositionEmbedding = PositionEmbedding.RelativeKey,
        };
        using var model = new CtcModel(SpeechEncoder.Create(config, seed: 1), vocabularySize: 32);
        var ours = model.state_dict().Select(t => $"{t.Key} [{string.Join(", ", t.Value.shape)}]").Order(StringComparer.Ordinal);
        Assert.Equal(published, ours);
    }

    [Fact]
    public void Tiny_has_about_two_million_parameters()
    {
        using var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1);
        Assert.InRange(encoder.parameters().Sum(p => p.numel()), 1_500_000, 2_100_000);
    }
}
