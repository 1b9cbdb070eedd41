using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Ssl.Shared.Torch;

/// <summary>
/// Loads libtorch once, in the order it needs, before any tensor is made. Thread-safe.
/// OpenMP's idle threads must sleep, not spin: two processes of two spinning threads on two cores ran twenty times slower.
/// </summary>
public static partial class TorchRuntime
{
    static readonly string[] LoadOrder = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];
    static readonly Lock Gate = new();
    static Device? device;

    /// <summary>Where models live.</summary>
    public static Device Device
    {
        get
        {
            Initialize();
            return device!;
        }
    }

    /// <summary>The first call decides; later ones change nothing.</summary>
    /// <exception cref="DllNotFoundException"><see cref="TorchOptions.LibraryPath"/> lacks a library that is needed.</exception>
    public static void Initialize(TorchOptions? options = null)
    {
        lock (Gate)
        {
            if (device is not null)
                return;
            SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
            if (options?.LibraryPath is { } folder)
                Load(folder);
            var useCuda = options?.Device is null or "auto" ? cuda_is_available() : options.Device == "cuda";
            device = useCuda ? CUDA : CPU;
        }
    }

    /// <summary>Threads inside one operation, for operations started by the calling thread.</summary>
    public static void UseThreads(int count)
    {
        Initialize();
        set_num_threads(count);
    }

    static void Load(string folder)
    {
        foreach (var library in LoadOrder)
        {
            var path = Path.Combine(folder, library);
            if (File.Exists(path))
                NativeLibrary.Load(path);
            else if (!library.Contains("cuda", StringComparison.Ordinal))
                throw new DllNotFoundException($"Torch:LibraryPath: {path} is not there");
        }
    }

    // .NET keeps its own copy of the environment, which native libraries do not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
