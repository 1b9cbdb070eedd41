using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Torch;

/// <summary>Options under <c>Torch</c>.</summary>
public sealed class TorchOptions
{
    public const string Section = "Torch";

    /// <summary>Folder with another libtorch (libc10.so, libtorch_cpu.so, ...); null: the one that came with the build.</summary>
    public string? LibraryPath { get; init; }

    /// <summary><c>auto</c>: CUDA where there is one, else the CPU; <c>cpu</c>; <c>cuda</c>.</summary>
    [RegularExpression("auto|cpu|cuda")]
    public string Device { get; init; } = "auto";
}
