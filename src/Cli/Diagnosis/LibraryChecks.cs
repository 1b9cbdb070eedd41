using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Cli.Diagnosis;

/// <summary>Native libraries: those that read audio, and libtorch with its device.</summary>
static class LibraryChecks
{
    public static IReadOnlyList<Finding> Audio() => [.. AudioLibrary.All().Select(library => library switch
    {
        { IsThere: true } => Finding.Ok(library.Name, library.Use),
        { IsNeeded: true } => Finding.Fault(library.Name, $"not installed; it {library.Use}", Install(library)),
        _ => Finding.Warning(library.Name, $"not installed; it {library.Use}", Install(library)),
    })];

    static string Install(AudioLibrary library) => $"apt-get install {library.Package} (`make setup` does it)";

    /// <summary>Multiplies two matrices on the device that models would use.</summary>
    public static IReadOnlyList<Finding> Torch(IConfiguration configuration, ServiceRole role)
    {
        var options = ValidatedOptions.Read<TorchOptions>(configuration, TorchOptions.Section);
        try
        {
            var device = TorchRuntime.Initialize(options);
            using var scope = NewDisposeScope();
            var sum = ones(64, 64, device: device).mm(ones(64, 64, device: device)).sum().item<float>();
            if (sum != 64 * 64 * 64)
                return [Finding.Fault("libtorch", $"a product of matrices is {sum}", "another build of libtorch: Torch:LibraryPath")];
            return [Finding.Ok("libtorch", "works"), Gpu(device, role)];
        }
        catch (Exception e) when (Root(e) is DllNotFoundException or NotSupportedException or BadImageFormatException
            or System.Runtime.InteropServices.ExternalException)
        {
            return [Finding.Fault("libtorch", Root(e).Message.Split('\n')[0], "GLIBCXX_...: build with this repository's targets "
                + "(docs/adr/0002); missing files: Torch:LibraryPath, or a build for this system")];
        }
    }

    static Finding Gpu(Device device, ServiceRole role) =>
        device.type == TorchSharp.DeviceType.CUDA ? Finding.Ok("gpu", $"{cuda.device_count()}")
        : role == ServiceRole.Serve ? Finding.Ok("gpu", "none: recognizers run on the CPU")
        : Finding.Warning("gpu", "none: encoders train on the CPU, as Tiny is meant to",
            "for larger ones, a build with TorchBackend=cuda on a machine with an NVIDIA GPU");

    static Exception Root(Exception e) => e is TypeInitializationException ? e.GetBaseException() : e;
}
