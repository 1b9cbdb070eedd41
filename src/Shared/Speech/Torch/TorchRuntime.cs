using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Loads libtorch once, in the order it needs, before any tensor is made. Thread-safe. Idle OpenMP threads sleep instead of spinning:
/// two processes of two spinning threads on two cores ran 20 times slower.
/// </summary>
public static partial class TorchRuntime
{
    // malloc.h; mallopt(3)
    const int TrimThreshold = -1;
    const int MmapThreshold = -3;
    const int MaxArenas = -8;
    const int MaxMmapThreshold = 32 << 20;

    static readonly string[] LoadOrder = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];
    static readonly Lock Gate = new();
    static Device? device;

    /// <summary>The device of all models.</summary>
    public static Device Device => Initialize();

    /// <summary>The first call decides; later ones have no effect.</summary>
    /// <returns><see cref="Device"/>.</returns>
    /// <exception cref="DllNotFoundException"><see cref="TorchOptions.LibraryPath"/> lacks a required library.</exception>
    public static Device Initialize(TorchOptions? options = null)
    {
        lock (Gate)
            return device ??= Start(options ?? new TorchOptions());
    }

    /// <summary>Threads inside one operation, for operations started by the calling thread.</summary>
    public static void UseThreads(int count)
    {
        Initialize();
        set_num_threads(count);
    }

    /// <summary>
    /// Gives the kernel what is free in the C library's heap, which keeps it otherwise: after a model was loaded or disposed.
    /// </summary>
    public static void ReturnFreedMemory()
    {
        if (OperatingSystem.IsLinux())
            _ = TrimHeap(0);
    }

    static Device Start(TorchOptions options)
    {
        _ = SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
        KeepFreedMemory();
        if (options.LibraryPath is { } folder)
            Load(folder);
        return options.Device == "cuda" || (options.Device == "auto" && cuda_is_available()) ? CUDA : CPU;
    }

    static void Load(string folder)
    {
        foreach (var path in LoadOrder.Select(library => Path.Combine(folder, library)))
        {
            if (File.Exists(path))
                NativeLibrary.Load(path);
            else if (!path.EndsWith("_cuda.so", StringComparison.Ordinal))
                throw new DllNotFoundException($"Torch:LibraryPath: {path} does not exist");
        }
    }

    /// <summary>
    /// Keeps memory that a training step frees for the next step. By default glibc returns such blocks to the kernel, which clears every
    /// page again: a quarter of a step's time. glibc's own variables take precedence.
    /// </summary>
    static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null)
            return;
        _ = SetAllocator(MmapThreshold, MaxMmapThreshold);
        _ = SetAllocator(TrimThreshold, int.MaxValue);
        _ = SetAllocator(MaxArenas, 1); // no more of them: .NET's threads made some before this call, and later threads share these
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nint keptBytes);

    // .NET keeps its own copy of the environment, which native libraries do not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
