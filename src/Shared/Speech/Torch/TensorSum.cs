using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Sums that are safe. TorchSharp's <c>a + b</c> makes a <see cref="Scalar"/> of its own, the weight of one, and lets the collector have it while the
/// native call reads it (docs/adr/0004); these use one that lives for ever.
/// </summary>
public static class TensorSum
{
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, Constant.One);

    /// <param name="right">Kept by the caller until this returns: a <see cref="Constant"/>, a static field, or a local with <c>using</c>.</param>
    public static Tensor Plus(this Tensor left, Scalar right) => left.add(right, Constant.One);
}
