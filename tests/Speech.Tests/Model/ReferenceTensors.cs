using Ssl.Shared.Speech.Safetensors;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>Numbers that PyTorch and transformers computed, and how far ours may be from them.</summary>
sealed class ReferenceTensors(string relative)
{
    readonly Dictionary<string, Tensor> tensors = SafetensorsFile.Read(SharedFolder.Reference(relative));

    public IEnumerable<string> Names => tensors.Keys;

    public Tensor this[string name] => tensors[name];

    /// <summary>
    /// Greatest difference as a share of the greatest value of <paramref name="scale"/> (the reference itself where null).
    /// </summary>
    public static double RelativeError(Tensor expected, Tensor found, Tensor? scale = null)
    {
        Assert.Equal(expected.shape, found.shape);
        using var scope = NewDisposeScope();
        var difference = (expected.to(ScalarType.Float64) - found.detach().to(ScalarType.Float64)).abs().max().item<double>();
        return difference / Math.Max(1e-12, (scale ?? expected).to(ScalarType.Float64).abs().max().item<double>());
    }

    /// <summary>Label rows without their fill (-100).</summary>
    public static int[][] Labels(Tensor labels) =>
        [.. Enumerable.Range(0, (int)labels.shape[0]).Select(row => labels[row].data<int>().ToArray().Where(l => l >= 0).ToArray())];

    /// <summary>Holds every parameter's gradient to these.</summary>
    /// <param name="blindTo">Softmax does not see what all keys have in common: the gradient of their bias is zero but for rounding, and is
    /// held to the scale of <paramref name="scaledBy"/>.</param>
    public void AssertGradients(nn.Module module, string blindTo, string scaledBy)
    {
        var parameters = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.NotEmpty(tensors);
        foreach (var name in tensors.Keys)
            AssertClose(tensors[name], parameters[name].grad!, 1e-3, name,
                tensors[name.Replace(blindTo, scaledBy, StringComparison.Ordinal)]);
    }

    public static void AssertClose(Tensor expected, Tensor found, double limit, string what, Tensor? scale = null)
    {
        var error = RelativeError(expected, found, scale);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {error:e2}");
        Assert.True(error < limit, $"{what}: relative error {error:e2}, limit {limit:e0}");
    }
}
