using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Torch;

/// <summary>Options under <c>Torch</c>.</summary>
public sealed class TorchOptions
{
    public const string Section = "Torch";

    /// <summary>Folder with another libtorch (libc10.so, libtorch_cpu.so, ...); none: the one that came with the build.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>Where tensors live; <c>auto</c> is <c>cuda</c> where there is a GPU, else <c>cpu</c>.</summary>
    [RegularExpression("auto|cpu|cuda")]
    public string Device { get; init; } = "auto";
}
