using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>libsndfile reading from memory (sndfile.h, SF_VIRTUAL_IO). One instance is used by one thread at a time.</summary>
sealed unsafe partial class SoundFile : ISampleReader
{
    internal const string Library = "libsndfile.so.1";
    const int ReadMode = 0x10;

    static readonly VirtualIo Functions = new()
    {
        Length = &LengthOf,
        Seek = &SeekTo,
        Read = &ReadBytes, // no Write: it is called for files open for writing only
        Tell = &PositionOf,
    };

    readonly Source source;
    readonly GCHandle handle;
    readonly nint file;
    readonly SoundFileInfo info;

    SoundFile(ReadOnlyMemory<byte> bytes)
    {
        source = new Source(bytes);
        handle = GCHandle.Alloc(source);
        var functions = Functions;
        file = Open(ref functions, ReadMode, ref info, GCHandle.ToIntPtr(handle));
    }

    public int RateHz => info.RateHz;
    public int Channels => info.Channels;
    public long Frames => info.KnowsFrames ? info.Frames : 0;

    /// <summary>Null, and why, where the bytes are not a file that libsndfile reads.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public static SoundFile? Open(ReadOnlyMemory<byte> bytes, out string problem)
    {
        try
        {
            var opened = new SoundFile(bytes);
            problem = opened.file == 0 ? ErrorOf(0) : "";
            if (opened.file != 0)
                return opened;
            opened.Dispose();
            return null;
        }
        catch (DllNotFoundException)
        {
            throw new DllNotFoundException($"{Library} is not installed: apt-get install libsndfile1 (make setup does it)");
        }
    }

    public int Read(Span<float> interleaved)
    {
        fixed (float* target = interleaved)
            return (int)ReadFrames(file, target, interleaved.Length / info.Channels);
    }

    public string Problem => ErrorNumber(file) == 0 ? "" : ErrorOf(file);

    public void Dispose()
    {
        if (file != 0)
            _ = Close(file);
        if (handle.IsAllocated)
            handle.Free();
    }

    static string ErrorOf(nint file) => Marshal.PtrToStringUTF8(ErrorText(file)) ?? "unknown error";
    static Source Of(nint user) => Unsafe.As<Source>(GCHandle.FromIntPtr(user).Target!);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long LengthOf(nint user) => Of(user).Bytes.Length;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long SeekTo(long offset, int whence, nint user)
    {
        var source = Of(user);
        var target = whence switch { 0 => offset, 1 => source.Position + offset, _ => source.Bytes.Length + offset };
        return target < 0 || target > source.Bytes.Length ? -1 : source.Position = target;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long ReadBytes(void* target, long count, nint user)
    {
        var source = Of(user);
        var taken = (int)Math.Clamp(source.Bytes.Length - source.Position, 0, Math.Min(count, int.MaxValue));
        source.Bytes.Span.Slice((int)source.Position, taken).CopyTo(new Span<byte>(target, taken));
        source.Position += taken;
        return taken;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long PositionOf(nint user) => Of(user).Position;

    [LibraryImport(Library, EntryPoint = "sf_open_virtual")]
    private static partial nint Open(ref VirtualIo functions, int mode, ref SoundFileInfo info, nint user);
    [LibraryImport(Library, EntryPoint = "sf_readf_float")]
    private static partial long ReadFrames(nint file, float* target, long frames);
    [LibraryImport(Library, EntryPoint = "sf_close")]
    private static partial int Close(nint file);
    [LibraryImport(Library, EntryPoint = "sf_error")]
    private static partial int ErrorNumber(nint file);
    [LibraryImport(Library, EntryPoint = "sf_strerror")]
    private static partial nint ErrorText(nint file);

    struct VirtualIo
    {
        public delegate* unmanaged[Cdecl]<nint, long> Length;
        public delegate* unmanaged[Cdecl]<long, int, nint, long> Seek;
        public delegate* unmanaged[Cdecl]<void*, long, nint, long> Read;
        public delegate* unmanaged[Cdecl]<void*, long, nint, long> Write;
        public delegate* unmanaged[Cdecl]<nint, long> Tell;
    }

    sealed class Source(ReadOnlyMemory<byte> bytes)
    {
        public ReadOnlyMemory<byte> Bytes => bytes;
        public long Position { get; set; }
    }
}

/// <summary>libsndfile's SF_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SoundFileInfo
{
    public long Frames;
    public int RateHz;
    public int Channels;
    public int Format;
    public int Sections;
    public int Seekable;

    /// <summary>False for a FLAC that was written without seeking back, and for an Ogg without its last page.</summary>
    public readonly bool KnowsFrames => Frames is >= 0 and < long.MaxValue;
}
