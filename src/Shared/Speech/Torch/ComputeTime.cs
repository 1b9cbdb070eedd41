using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// What a computation on one thread costs, whatever else runs on the machine: CPU time of the calling thread. On a GPU, and where the
/// system does not tell, wall-clock time.
/// </summary>
public static partial class ComputeTime
{
    const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>Only differences mean something, between two calls on one thread.</summary>
    public static TimeSpan Now => OperatingSystem.IsLinux() && TorchRuntime.Device.type == DeviceType.CPU
        && GetTime(ThreadCpuTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    /// <summary>timespec of 64-bit Linux.</summary>
    readonly record struct Time(long Seconds, long Nanoseconds);
}
