using System.Runtime.InteropServices;

namespace Ssl.Benchmarks;

/// <summary>The C library's heap of this process, in bytes (mallinfo2(3)). Linux with glibc.</summary>
static partial class NativeHeap
{
    /// <summary>Allocations in the arenas, and those with a mapping of their own.</summary>
    public static long Allocated
    {
        get
        {
            var totals = Read();
            return (long)(totals.Used + totals.Mapped);
        }
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Totals Read();

    /// <summary>The C structure.</summary>
    readonly record struct Totals(
        nuint Arena, nuint FreeBlocks, nuint FastBlocks, nuint Mappings, nuint Mapped, nuint Unused, nuint FastBytes, nuint Used,
        nuint Free, nuint Releasable);
}
