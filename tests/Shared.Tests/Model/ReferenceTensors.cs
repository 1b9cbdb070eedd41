using Ssl.Shared.Safetensors;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Shared.Tests.Model;

/// <summary>Numbers that PyTorch and transformers computed, and how far ours may be from them.</summary>
sealed class ReferenceTensors(string relative)
{
    readonly Dictionary<string, Tensor> tensors = SafetensorsFile.Read(SharedFolder.Reference(relative));

    public IEnumerable<string> Names => tensors.Keys;

    public Tensor this[string name] => tensors[name];

    /// <summary>Greatest difference as a share of the greatest value of <paramref name="scale"/> (the reference itself where null).</summary>
    public static double RelativeError(Tensor expected, Tensor found, Tensor? scale = null)
    {
        Assert.Equal(expected.shape, found.shape);
        using var scope = NewDisposeScope();
        var difference = (expected.to(ScalarType.Float64) - found.detach().to(ScalarType.Float64)).abs().max().item<double>();
        return difference / Math.Max(1e-12, (scale ?? expected).to(ScalarType.Float64).abs().max().item<double>());
    }

    public static void AssertClose(Tensor expected, Tensor found, double limit, string what, Tensor? scale = null)
    {
        var error = RelativeError(expected, found, scale);
        Assert.True(error < limit, $"{what}: relative error {error:e2}, limit {limit:e0}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {error:e2}");
    }
}
