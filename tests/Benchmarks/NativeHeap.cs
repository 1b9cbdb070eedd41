using System.Runtime.InteropServices;

namespace Ssl.TestKit;

/// <summary>The C library's heap of this process, in bytes (mallinfo2(3)). Linux with glibc.</summary>
public static partial class NativeHeap
{
    /// <summary>What all arenas have from the kernel, in use or not.</summary>
    public static long Held => (long)Read().Arena;

    /// <summary>Allocations in the arenas, and those with a mapping of their own.</summary>
    public static long Allocated => (long)(Read().Used + Read().Mapped);

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Totals Read();

    /// <summary>The C structure.</summary>
    readonly record struct Totals(
        nuint Arena, nuint FreeBlocks, nuint FastBlocks, nuint Mappings, nuint Mapped, nuint Unused, nuint FastBytes, nuint Used,
        nuint Free, nuint Releasable);
}
