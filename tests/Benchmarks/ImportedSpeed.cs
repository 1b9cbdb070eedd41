using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>
/// An imported <c>Base</c> of wav2vec 2.0 on ten seconds: its forward pass as here, in float and in the type that it serves in, against the
/// same operations in the order and layout that transformers runs them in (float, [B, C, T], conv1d). Ratios of CPU time.
/// </summary>
static class ImportedSpeed
{
    const int Samples = 10 * 16_000;

    public static void Print()
    {
        using var model = new CtcModel(SpeechEncoder.Create(Wav2Vec2Config.Base, seed: 1), vocabularySize: 32);
        using var served = new CtcModel(SpeechEncoder.Create(Wav2Vec2Config.Base, seed: 1), vocabularySize: 32);
        model.eval();
        served.eval();
        var precision = PrecisionChoice.Of(Precision.Auto, Wav2Vec2Config.Base.MinWeights);
        served.Freeze(precision);
        var random = new Random(1);
        var clip = Enumerable.Range(0, Samples).Select(i => (short)(3000 * Math.Sin(i * 0.05) + random.Next(-800, 800))).ToArray();
        using var batch = FeatureExtractor.For(Wav2Vec2Config.Base).Batch([clip], CPU);
        var published = new PublishedBase(model);
        using (var guard = inference_mode())
        using (NewDisposeScope())
        {
            var (expected, found, narrow) = (published.Logits(batch.Inputs), model.Logits(batch), Logits(served, batch));
            Console.WriteLine($"Base, random weights: float differs from the published formula by {Distance(expected, found):0.0e+0}, "
                + $"{precision} by {Distance(expected, narrow):0.000} of its norm");
        }
        var asPublished = () => Cpu(() => published.Logits(batch.Inputs));
        Pairs.PrintRatio("Base, float, against the published formula (speed-up)", asPublished, () => Cpu(() => model.Logits(batch)));
        var asServed = () => Cpu(() => Logits(served, batch));
        Pairs.PrintRatio($"Base, {precision}, against the published formula (speed-up)", asPublished, asServed);
    }

    static Tensor Logits(CtcModel model, SpeechBatch batch)
    {
        using var bf16 = model.Precision == Precision.BFloat16 ? new Bf16Autocast() : null;
        return model.Logits(batch);
    }

    static float Distance(Tensor expected, Tensor found) => ((found - expected).norm() / expected.norm()).item<float>();

    /// <summary>Seconds of CPU of this process.</summary>
    static double Cpu(Action work)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}

/// <summary>wav2vec 2.0's <c>Base</c> in the operations of transformers' <c>Wav2Vec2ForCTC</c>.</summary>
sealed class PublishedBase(CtcModel model)
{
    readonly Dictionary<string, Tensor> state = model.state_dict();

    public Tensor Logits(Tensor waveform)
    {
        var hidden = Then(waveform.unsqueeze(1), Convolve, layers: 7); // [B, C, T]
        hidden = Linear("feature_projection.projection", Norm("feature_projection.layer_norm", hidden.transpose(1, 2)));
        hidden = Norm("encoder.layer_norm", hidden.add(Positions(hidden), Constant.One));
        return Linear("lm_head", Then(hidden, Layer, Wav2Vec2Config.Base.NumHiddenLayers));
    }

    static Tensor Then(Tensor hidden, Func<Tensor, int, Tensor> layer, int layers)
    {
        for (var i = 0; i < layers; i++)
            hidden = LayerMemory.Through(hidden, input => layer(input, i), keepsInput: false);
        return hidden;
    }

    Tensor Convolve(Tensor hidden, int layer)
    {
        var name = $"feature_extractor.conv_layers.{layer}";
        hidden = nn.functional.conv1d(hidden, Of($"{name}.conv.weight"), stride: Wav2Vec2Config.Base.ConvStride[layer]);
        return nn.functional.gelu(layer > 0 ? hidden : nn.functional.group_norm(
            hidden, hidden.shape[1], Of($"{name}.layer_norm.weight"), Of($"{name}.layer_norm.bias")));
    }

    Tensor Positions(Tensor hidden)
    {
        const string name = "encoder.pos_conv_embed.conv";
        var (length, direction) = (Of($"{name}.parametrizations.weight.original0"), Of($"{name}.parametrizations.weight.original1"));
        var kernel = direction * (length / linalg.vector_norm(direction, 2, [0, 1], keepdim: true));
        var convolved = nn.functional.conv1d(hidden.transpose(1, 2), kernel, Of($"{name}.bias"), padding: 64, groups: 16);
        return nn.functional.gelu(convolved.narrow(2, 0, hidden.shape[1])).transpose(1, 2);
    }

    Tensor Layer(Tensor hidden, int layer)
    {
        var name = $"encoder.layers.{layer}";
        var (query, key, value) = (Heads("q"), Heads("k"), Heads("v"));
        var context = nn.functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2);
        hidden = Norm($"{name}.layer_norm", hidden.add(Linear($"{name}.attention.out_proj", context), Constant.One));
        var inner = nn.functional.gelu(Linear($"{name}.feed_forward.intermediate_dense", hidden));
        return Norm($"{name}.final_layer_norm", hidden.add(Linear($"{name}.feed_forward.output_dense", inner), Constant.One));

        Tensor Heads(string which) => Linear($"{name}.attention.{which}_proj", hidden).unflatten(2, 12, 64).transpose(1, 2);
    }

    Tensor Linear(string name, Tensor input) => nn.functional.linear(input, Of($"{name}.weight"), Of($"{name}.bias"));

    Tensor Norm(string name, Tensor input) =>
        nn.functional.layer_norm(input, [input.shape[^1]], Of($"{name}.weight"), Of($"{name}.bias"));

    Tensor Of(string name) => state.GetValueOrDefault($"wav2vec2.{name}") ?? state[name];
}
