using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Torch;

/// <summary>Options under <c>Torch</c>.</summary>
public sealed class TorchOptions
{
    public const string Section = "Torch";

    /// <summary>Folder with another libtorch (libc10.so, libtorch_cpu.so, ...); null: the one of the build.</summary>
    public string? LibraryPath { get; init; }

    /// <summary><c>auto</c>: CUDA if there is one, else the CPU; <c>cpu</c>; <c>cuda</c>.</summary>
    [RegularExpression("auto|cpu|cuda")]
    public string Device { get; init; } = "auto";

    /// <summary>
    /// Type of the weights and products of recognizers that serve; norms, softmax and decoding stay in 32-bit floats. <c>Auto</c>: for
    /// models of 10 million weights and more the fastest of the machine, BFloat16 or Int8, else Float32. <c>Float32</c>: as trained.
    /// <c>BFloat16</c>: half the memory. <c>Int8</c>: a quarter (processors with avx512_vnni, Float32 elsewhere).
    /// </summary>
    [EnumDataType(typeof(Precision))]
    public Precision Precision { get; init; } = Precision.Auto;
}
