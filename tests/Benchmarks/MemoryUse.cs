using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>Where the memory of this process is at one moment. Linux with glibc.</summary>
/// <param name="Resident">Bytes in memory, with those of files (libtorch's code).</param>
/// <param name="Anonymous">Bytes in memory that are of no file: heaps and stacks.</param>
/// <param name="Managed">Bytes that the garbage collector has committed.</param>
/// <param name="MainArena">Bytes that the main arena of the C library's heap has from the kernel, in memory or not.</param>
/// <param name="OtherArenas">The same of all other arenas.</param>
/// <param name="Arenas">How many arenas there are.</param>
/// <param name="Allocated">Bytes that are in use, of the arenas and of mappings of their own.</param>
/// <param name="Tensors">Live tensors, as TorchSharp counts them: each parameter that was ever made counts once for ever.</param>
/// <param name="Threads">Of the process.</param>
sealed partial record MemoryUse(
    long Resident, long Anonymous, long Managed, long MainArena, long OtherArenas, int Arenas, long Allocated, long Tensors, int Threads)
{
    const string Status = "/proc/self/status";

    public static string Header => "resident  anonymous  managed  main arena  others (arenas)  allocated  tensors  threads";

    public static MemoryUse Now()
    {
        var heaps = HeapSizes();
        return new MemoryUse(
            Field(Status, "VmRSS"), Field("/proc/self/smaps_rollup", "Anonymous"), GC.GetGCMemoryInfo().TotalCommittedBytes, heaps[0],
            heaps.Skip(1).Sum(), heaps.Length, NativeHeap.Allocated, Tensor.TotalCount,
            Directory.GetDirectories("/proc/self/task").Length);
    }

    /// <summary>The most that was in memory since <see cref="ForgetPeak"/>, in bytes.</summary>
    public static long Peak => Field(Status, "VmHWM");

    /// <summary>Starts <see cref="Peak"/> anew (proc_pid_clear_refs(5)).</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    public override string ToString() =>
        $"{Resident >> 20,8}  {Anonymous >> 20,9}  {Managed >> 20,7}  {MainArena >> 20,10}  {OtherArenas >> 20,6} {$"({Arenas})",8}  "
        + $"{Allocated >> 20,9}  {Tensors,7}  {Threads,7}";

    static long Field(string path, string name)
    {
        var line = File.ReadLines(path).First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>Of each arena, the main one first.</summary>
    static unsafe long[] HeapSizes()
    {
        nint text = 0;
        nuint length = 0;
        var stream = OpenMemory(&text, &length);
        _ = DescribeHeap(0, stream);
        _ = Close(stream);
        var xml = XElement.Parse(Marshal.PtrToStringUTF8(text, (int)length));
        Free(text);
        return [.. xml.Elements("heap").Select(heap => (long)heap.Elements("system").First(s => (string?)s.Attribute("type") == "current")
            .Attribute("size")!)];
    }

    [LibraryImport("libc", EntryPoint = "open_memstream")]
    private static unsafe partial nint OpenMemory(nint* text, nuint* length);

    [LibraryImport("libc", EntryPoint = "malloc_info")]
    private static partial int DescribeHeap(int options, nint stream);

    [LibraryImport("libc", EntryPoint = "fclose")]
    private static partial int Close(nint stream);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
