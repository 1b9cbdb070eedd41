using TorchSharp;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Numbers for tensor operations, kept for the life of the process. TorchSharp turns a number in <c>x * 0.5</c> or <c>masked_fill(mask, 0)</c> into a
/// <see cref="Scalar"/> that the garbage collector may finalise while the native call still reads it: seen as "Exception raised from toFloat", and a
/// wrong value would not be seen at all. So a number is one of these, or a local <c>using Scalar</c>, which lives until its scope ends.
/// </summary>
public static class Constant
{
    public static readonly Scalar Zero = 0;
    public static readonly Scalar Half = 0.5;
    public static readonly Scalar One = 1;
    public static readonly Scalar Two = 2;
    public static readonly Scalar NegativeInfinity = float.NegativeInfinity;
}
