using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Matrix products and convolutions of this thread in bfloat16 until disposed (torch.autocast), on the device of <see cref="TorchRuntime"/>.
/// For the forward pass; losses, softmax and the quantiser convert to float themselves. bfloat16 needs no loss scaling.
/// </summary>
/// <remarks>To be disposed on the thread that made it.</remarks>
public sealed unsafe class Bf16Autocast : IDisposable
{
    const sbyte Bfloat16 = (sbyte)ScalarType.BFloat16;

    readonly sbyte device = (sbyte)TorchRuntime.Device.type;
    readonly int thread = Environment.CurrentManagedThreadId;
    readonly bool wasEnabled;
    readonly sbyte formerType;
    bool disposed;

    public Bf16Autocast()
    {
        (wasEnabled, formerType) = (Library.IsEnabled(device) != 0, Library.DtypeOf(device));
        Library.IncrementNesting();
        Library.SetDtype(device, Bfloat16);
        Library.SetEnabled(device, 1);
    }

    /// <summary>Whether the device computes bfloat16 products itself: a GPU, or a CPU with avx512_bf16 or AMX. Elsewhere bfloat16 is far slower than float.</summary>
    public static bool IsFast { get; } = TorchRuntime.Device.type == DeviceType.CUDA || CpuMultipliesBf16();

    /// <summary>A guard where it is asked for and <see cref="IsFast"/>, else null.</summary>
    public static Bf16Autocast? WhereFast(bool wanted = true) => wanted && IsFast ? new Bf16Autocast() : null;

    public void Dispose()
    {
        if (disposed)
            return;
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("autocast belongs to the thread that began it");
        disposed = true;
        if (Library.DecrementNesting() == 0)
            Library.ClearCache();
        Library.SetDtype(device, formerType);
        Library.SetEnabled(device, wasEnabled ? (byte)1 : (byte)0);
    }

    static bool CpuMultipliesBf16()
    {
        const int Avx512Bf16 = 1 << 5; // leaf 7.1, eax
        const int AmxBf16 = 1 << 22; // leaf 7.0, edx
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return false;
        var features = X86Base.CpuId(7, 0);
        return (features.Edx & AmxBf16) != 0 || (features.Eax >= 1 && (X86Base.CpuId(7, 1).Eax & Avx512Bf16) != 0);
    }

    /// <summary>TorchSharp does not bind autocast; these are the C++ functions of at::autocast under the names that libtorch_cpu exports.</summary>
    static class Library
    {
        public static readonly delegate* unmanaged<sbyte, byte> IsEnabled = (delegate* unmanaged<sbyte, byte>)Find("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE");
        public static readonly delegate* unmanaged<sbyte, byte, void> SetEnabled = (delegate* unmanaged<sbyte, byte, void>)Find("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb");
        public static readonly delegate* unmanaged<sbyte, sbyte> DtypeOf = (delegate* unmanaged<sbyte, sbyte>)Find("_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE");
        public static readonly delegate* unmanaged<sbyte, sbyte, void> SetDtype = (delegate* unmanaged<sbyte, sbyte, void>)Find("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE");
        public static readonly delegate* unmanaged<int> IncrementNesting = (delegate* unmanaged<int>)Find("_ZN2at8autocast17increment_nestingEv");
        public static readonly delegate* unmanaged<int> DecrementNesting = (delegate* unmanaged<int>)Find("_ZN2at8autocast17decrement_nestingEv");
        public static readonly delegate* unmanaged<void> ClearCache = (delegate* unmanaged<void>)Find("_ZN2at8autocast11clear_cacheEv");

        static nint Find(string function)
        {
            TorchRuntime.Initialize();
            // By its bare name: this is the libtorch_cpu that is loaded, wherever it came from.
            return NativeLibrary.GetExport(NativeLibrary.Load("libtorch_cpu.so"), function);
        }
    }
}
