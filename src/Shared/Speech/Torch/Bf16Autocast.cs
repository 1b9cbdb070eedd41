using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Runs this thread's matrix products and convolutions in bfloat16 until disposed on the same thread (torch.autocast). For the forward
/// pass; losses, softmax and the quantiser convert to float themselves. bfloat16 needs no loss scaling.
/// </summary>
public sealed unsafe class Bf16Autocast : IDisposable
{
    const sbyte Bfloat16 = (sbyte)ScalarType.BFloat16;

    readonly sbyte device = (sbyte)TorchRuntime.Device.type;
    readonly int thread = Environment.CurrentManagedThreadId;
    readonly byte wasEnabled;
    readonly sbyte formerType;
    bool disposed;

    public Bf16Autocast()
    {
        (wasEnabled, formerType) = (Library.IsEnabled(device), Library.DtypeOf(device));
        Library.IncrementNesting();
        Library.SetDtype(device, Bfloat16);
        Library.SetEnabled(device, 1);
    }

    /// <summary>
    /// Whether the device is faster in bfloat16 than in float: GPUs, AMX, and AMD's avx512_bf16. On Intel's the instruction without AMX
    /// (which a hypervisor may hide) has half the rate of float products; without either they are far slower.
    /// </summary>
    public static bool IsFast { get; internal set; } = TorchRuntime.Device.type == DeviceType.CUDA || CpuMultipliesBf16();

    /// <summary>Autocast if it is wanted and <see cref="IsFast"/>, else null.</summary>
    public static Bf16Autocast? WhereFast(bool wanted = true) => wanted && IsFast ? new Bf16Autocast() : null;

    public void Dispose()
    {
        if (disposed)
            return;
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("autocast must end on the thread where it began");
        disposed = true;
        if (Library.DecrementNesting() == 0)
            Library.ClearCache();
        Library.SetDtype(device, formerType);
        Library.SetEnabled(device, wasEnabled);
    }

    static bool CpuMultipliesBf16()
    {
        const int Avx512Bf16 = 1 << 5; // leaf 7.1, eax
        const int AmxBf16 = 1 << 22; // leaf 7.0, edx
        const int Amd = 0x68747541; // "Auth" of AuthenticAMD: leaf 0, ebx
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return false;
        var features = X86Base.CpuId(7, 0);
        var isAmd = X86Base.CpuId(0, 0).Ebx == Amd;
        return (features.Edx & AmxBf16) != 0 || (isAmd && features.Eax >= 1 && (X86Base.CpuId(7, 1).Eax & Avx512Bf16) != 0);
    }

    /// <summary>at::autocast, which TorchSharp does not bind, by the mangled C++ names that libtorch_cpu exports.</summary>
    static class Library
    {
        public static readonly delegate* unmanaged<sbyte, byte> IsEnabled =
            (delegate* unmanaged<sbyte, byte>)Find("19is_autocast_enabledEN3c1010DeviceTypeE");
        public static readonly delegate* unmanaged<sbyte, byte, void> SetEnabled =
            (delegate* unmanaged<sbyte, byte, void>)Find("20set_autocast_enabledEN3c1010DeviceTypeEb");
        public static readonly delegate* unmanaged<sbyte, sbyte> DtypeOf =
            (delegate* unmanaged<sbyte, sbyte>)Find("18get_autocast_dtypeEN3c1010DeviceTypeE");
        public static readonly delegate* unmanaged<sbyte, sbyte, void> SetDtype =
            (delegate* unmanaged<sbyte, sbyte, void>)Find("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE");
        public static readonly delegate* unmanaged<int> IncrementNesting = (delegate* unmanaged<int>)Find("17increment_nestingEv");
        public static readonly delegate* unmanaged<int> DecrementNesting = (delegate* unmanaged<int>)Find("17decrement_nestingEv");
        public static readonly delegate* unmanaged<void> ClearCache = (delegate* unmanaged<void>)Find("11clear_cacheEv");

        static nint Find(string function)
        {
            TorchRuntime.Initialize(); // loads libtorch_cpu, which is then found by its bare name, whatever folder it is from
            return NativeLibrary.GetExport(NativeLibrary.Load("libtorch_cpu.so"), "_ZN2at8autocast" + function);
        }
    }
}
