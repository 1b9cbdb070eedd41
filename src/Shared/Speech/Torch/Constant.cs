namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Numbers for tensor operations, kept for the life of the process. For <c>x * 0.5</c> or <c>masked_fill(mask, 0)</c> TorchSharp makes a
/// <see cref="Scalar"/> that the garbage collector may finalise while the native call reads it: "Exception raised from toFloat", or an
/// unnoticed wrong value (docs/adr/0004). Use one of these, or a local <c>using Scalar</c>.
/// </summary>
public static class Constant
{
    public static readonly Scalar Zero = 0;
    public static readonly Scalar Half = 0.5;
    public static readonly Scalar One = 1;
    public static readonly Scalar NegativeInfinity = float.NegativeInfinity;
}
