using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

/// <summary>Time-major products against the convolution that they stand for.</summary>
public sealed class FeatureConvolutionTests
{
    const int Channels = 24;

    [Theory]
    [InlineData(3, 2, 50)]
    [InlineData(3, 2, 51)]
    [InlineData(2, 2, 51)]
    [InlineData(5, 3, 47)]
    [InlineData(8, 4, 64)]
    [InlineData(4, 8, 61)]
    public void Products_of_neighbouring_frames_are_the_convolution(int kernel, int stride, int frames)
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(kernel, stride, out var weight, out var bias);
        var input = randn(2, frames, Channels);
        var expected = nn.functional.gelu(nn.functional.conv1d(input.transpose(1, 2), weight, bias, stride)).transpose(1, 2);
        var found = layer.Forward(input, null);
        ReferenceTensors.AssertClose(expected, found, 5e-6, "in training");
        using var guard = inference_mode();
        layer.Freeze(Precision.Float32);
        Assert.DoesNotContain("conv.weight", layer.state_dict().Keys);
        ReferenceTensors.AssertClose(expected, layer.Forward(input, null), 5e-6, "frozen");
        ReferenceTensors.AssertClose(expected[..1], layer.Forward(input[..1], null), 5e-6, "alone");
    }

    [Fact]
    public void Products_of_integers_are_near_the_convolution()
    {
        Assert.SkipUnless(Int8.IsSupported, "the processor has no avx512_vnni");
        using var scope = NewDisposeScope();
        using var guard = inference_mode();
        using var layer = Layer(kernel: 3, stride: 2, out _, out _);
        var input = randn(2, 51, Channels);
        var expected = layer.Forward(input, null);
        layer.Freeze(Precision.Int8);
        foreach (var (found, exact) in new[] { (layer.Forward(input, null), expected), (layer.Forward(input[1..], null), expected[1..]) })
            Assert.InRange((found - exact).norm().item<float>(), 0, 0.03f * exact.norm().item<float>());
    }

    static FeatureConvolution Layer(int kernel, int stride, out Tensor weight, out Tensor bias)
    {
        var config = new Wav2Vec2Config
        {
            HiddenSize = 8,
            NumHiddenLayers = 1,
            NumAttentionHeads = 1,
            IntermediateSize = 8,
            ConvDim = [Channels, 40],
            ConvKernel = [10, kernel],
            ConvStride = [5, stride],
            ConvBias = true,
        };
        var layer = new FeatureConvolution(config, layer: 1);
        using var guard = no_grad();
        weight = layer.state_dict()["conv.weight"].normal_(0, 0.1).clone();
        bias = layer.state_dict()["conv.bias"].normal_(0, 0.1).clone();
        return layer;
    }
}
