namespace Ssl.Shared.Speech.Torch;

/// <summary>Sums without the temporary <see cref="Scalar"/> of TorchSharp's <c>a + b</c>; see <see cref="Constant"/>.</summary>
public static class TensorSum
{
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, Constant.One);

    /// <param name="right">A <see cref="Constant"/>, a static field, or a local with <c>using</c>.</param>
    public static Tensor Plus(this Tensor left, Scalar right) => left.add(right, Constant.One);
}
