using System.Text;
using System.Text.Json;
using ICSharpCode.SharpZipLib.Checksum;
using Ssl.Shared.Speech.Model;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>The whole <c>Base</c> shape against transformers, with weights that a formula gives.</summary>
public sealed class BaseFormulaTests
{
    [Fact]
    public void Base_hears_what_the_reference_hears()
    {
        using var scope = NewDisposeScope();
        using var model = new CtcModel(SpeechEncoder.Create(Wav2Vec2Config.Base with { NormaliseInput = false }, seed: 0),
            vocabularySize: 32);
        foreach (var (name, tensor) in model.state_dict())
            Fill(name, tensor);
        AssertFormula(model);
        model.eval();

        var expected = new ReferenceTensors("base-formula.safetensors");
        var input = expected["input_values"];
        var frames = Wav2Vec2Config.Base.FramesOf(input.shape[1]);
        using var guard = no_grad();
        var batch = new SpeechBatch(input, ones(1, frames, dtype: ScalarType.Bool), [frames], 1);
        var hiddenStates = new List<Tensor>();
        var logits = model.Logits(batch, hiddenStates: hiddenStates);
        ReferenceTensors.AssertClose(expected["conv_features"], ((Wav2Vec2Encoder)model.Encoder)
            .Convolve(input, sampleCounts: null).transpose(1, 2), 1e-4, "convolution features");
        foreach (var layer in new[] { 0, 1, 6, 12 })
            ReferenceTensors.AssertClose(expected[$"hidden_states.{layer}"], hiddenStates[layer], 1e-4, $"hidden state {layer}");
        ReferenceTensors.AssertClose(expected["logits"], logits, 1e-4, "logits");
    }

    /// <summary>The reference names the first values of two parameters.</summary>
    static void AssertFormula(CtcModel model)
    {
        const string mark = "formula_check ";
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Reference("shapes.json")));
        foreach (var check in json.RootElement.EnumerateObject().Where(p => p.Name.StartsWith(mark, StringComparison.Ordinal)))
        {
            var values = model.state_dict()[check.Name[mark.Length..]].flatten().data<float>().ToArray();
            foreach (var (value, i) in check.Value.EnumerateArray().Select((v, i) => (v.GetDouble(), i)))
                Assert.Equal(value, values[i], 1e-6);
        }
    }

    static void Fill(string name, Tensor tensor)
    {
        const double step = 0.7390851332151607;
        var crc = new Crc32();
        crc.Update(Encoding.UTF8.GetBytes(name));
        var phase = 1 + crc.Value % 1000;
        var isNorm = name.Contains("layer_norm", StringComparison.Ordinal);
        var fanIn = tensor.shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        Func<double, double> value =
            name.EndsWith(".original0", StringComparison.Ordinal) ? s => 1 + 0.3 * s
            : isNorm && name.EndsWith(".weight", StringComparison.Ordinal) ? s => 1 + 0.1 * s
            : name.EndsWith(".bias", StringComparison.Ordinal) ? s => 0.05 * s
            : tensor.dim() > 1 ? s => s * Math.Sqrt(2.0 / fanIn)
            : s => s;
        var values = new float[tensor.numel()];
        for (var n = 0; n < values.Length; n++)
            values[n] = (float)value(Math.Sin(phase + n * step));
        using var guard = no_grad();
        using var filled = torch.tensor(values, tensor.shape);
        tensor.copy_(filled);
    }
}
