using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>The weights of a product, in the type of inference and on the device. Thread-safe.</summary>
/// <remarks>M: rows of the input, I and O: width of input and output.</remarks>
sealed class FrozenWeight : IDisposable
{
    readonly Tensor weight; // [O, I]
    readonly float[]? scales; // of 8-bit weights: one an output

    FrozenWeight(Tensor weight, float[]? scales) => (this.weight, this.scales) = (weight.DetachFromDisposeScope(), scales);

    /// <param name="weight">float [O, I], any strides.</param>
    public static FrozenWeight Of(Tensor weight, Precision precision)
    {
        using var scope = NewDisposeScope();
        using var guard = inference_mode();
        if (precision != Precision.Int8)
            return new(weight.detach().to(precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32)
                .to(TorchRuntime.Device).contiguous().clone(), null);
        var (integers, scales) = Int8.Quantise(weight.to(ScalarType.Float32).contiguous());
        return new(integers, scales);
    }

    public long Bytes => weight.numel() * weight.element_size() + (scales?.Length ?? 0) * sizeof(float);

    /// <param name="input">[.., I]; its rows may lie apart.</param>
    /// <param name="bias">[O]</param>
    public Tensor Product(Tensor input, Tensor? bias) => scales is null
        ? nn.functional.linear(input, weight, bias)
        : Int8.Product(input, weight, scales, bias);

    public void Dispose() => weight.Dispose();
}
