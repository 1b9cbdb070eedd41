using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Torch;

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
            KeepFreedMemory();
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

    /// <summary>
    /// A training step frees what the next one takes again. By default glibc gives such blocks back to the kernel, which then clears every page anew:
    /// a quarter of all time here. Whoever set glibc's own variables has decided otherwise.
    /// </summary>
    static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null)
            return;
        try
        {
            _ = SetAllocator(MmapThreshold, LargestMmapThreshold);
            _ = SetAllocator(TrimThreshold, int.MaxValue);
            _ = SetAllocator(MostArenas, 1); // only the main arena keeps what is freed at its end, whatever its size
        }
        catch (EntryPointNotFoundException)
        {
            // another C library (musl)
        }
    }

    // malloc.h; mallopt(3)
    const int TrimThreshold = -1;
    const int MmapThreshold = -3;
    const int MostArenas = -8;
    const int LargestMmapThreshold = 32 << 20;

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    // .NET keeps its own copy of the environment, which native libraries do not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
