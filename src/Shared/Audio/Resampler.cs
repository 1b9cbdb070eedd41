using System.Runtime.InteropServices;
using Ssl.Shared.Contracts;

namespace Ssl.Shared.Audio;

/// <summary>Mono audio of any rate to 16 kHz PCM16, by soxr in its high quality. A stream may come in blocks of any size. Not thread-safe.</summary>
public sealed unsafe partial class Resampler : IDisposable
{
    const string Library = "libsoxr.so.0";
    const float FullScale = 32768f;

    readonly double ratio;
    readonly nint handle;
    float[] output = [];

    /// <exception cref="DllNotFoundException">soxr is not installed.</exception>
    public Resampler(int sourceRateHz)
    {
        ratio = AudioFormat.SampleRateHz / (double)sourceRateHz;
        if (sourceRateHz == AudioFormat.SampleRateHz)
            return;
        try
        {
            handle = Create(sourceRateHz, AudioFormat.SampleRateHz, 1, out var error, 0, 0, 0);
            Check(error);
        }
        catch (DllNotFoundException)
        {
            throw new DllNotFoundException($"{Library} is not installed: apt-get install libsoxr0 (make setup does it)");
        }
    }

    /// <summary>Takes a block, -1 to 1, and appends what it gives to <paramref name="target"/>; the filter keeps a little for later.</summary>
    public void Push(ReadOnlySpan<float> block, List<short> target)
    {
        if (handle == 0)
        {
            Append(block, target);
            return;
        }
        fixed (float* input = block)
            Run(input, block.Length, target);
    }

    /// <summary>Gives what the filter kept; the stream is at its end.</summary>
    public void Flush(List<short> target)
    {
        if (handle != 0)
            Run(null, 0, target);
    }

    public void Dispose()
    {
        if (handle != 0)
            Delete(handle);
    }

    void Run(float* input, int count, List<short> target)
    {
        var room = (int)(count * ratio) + 1024;
        if (output.Length < room)
            output = new float[room];
        var taken = 0;
        nuint given;
        do
        {
            nuint used;
            fixed (float* result = output)
                Check(Process(handle, input is null ? null : input + taken, (nuint)(count - taken), &used, result, (nuint)output.Length, &given));
            taken += (int)used;
            Append(output.AsSpan(0, (int)given), target);
        }
        while (taken < count || (given > 0 && (input is null || (int)given == output.Length)));
    }

    static void Append(ReadOnlySpan<float> block, List<short> target)
    {
        var start = target.Count;
        CollectionsMarshal.SetCount(target, start + block.Length);
        var samples = CollectionsMarshal.AsSpan(target)[start..];
        for (var i = 0; i < block.Length; i++)
            samples[i] = (short)Math.Clamp(MathF.Round(block[i] * FullScale), short.MinValue, short.MaxValue);
    }

    static void Check(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"soxr: {Marshal.PtrToStringUTF8(error)}");
    }

    [LibraryImport(Library, EntryPoint = "soxr_create")]
    private static partial nint Create(double inputRate, double outputRate, uint channels, out nint error, nint ioSpec, nint qualitySpec, nint runtimeSpec);

    [LibraryImport(Library, EntryPoint = "soxr_process")]
    private static partial nint Process(nint resampler, float* input, nuint inputLength, nuint* inputDone, float* output, nuint outputLength, nuint* outputDone);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    private static partial void Delete(nint resampler);
}
