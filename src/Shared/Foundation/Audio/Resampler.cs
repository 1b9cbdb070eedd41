using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Resamples mono audio of any rate to 16 kHz PCM16, by soxr in its high quality. The output does not depend on the size of the blocks
/// pushed; its duration is the source's, rounded to a sample. Not thread-safe.
/// </summary>
public sealed unsafe partial class Resampler : IDisposable
{
    internal const string Library = "libsoxr.so.0";
    const float FullScale = 32768f;

    readonly int sourceRateHz;
    readonly nint handle;
    float[] resampled = [];
    short[] output = [];
    long taken;
    long given;

    /// <exception cref="DllNotFoundException">soxr is not installed.</exception>
    public Resampler(int sourceRateHz)
    {
        this.sourceRateHz = sourceRateHz;
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

    /// <summary>Number of samples at 16 kHz, from their number at the source's rate.</summary>
    public static int LengthOf(long frames, int sourceRateHz) =>
        checked((int)((frames * AudioFormat.SampleRateHz + sourceRateHz / 2) / sourceRateHz));

    /// <summary>Resamples a whole piece at once.</summary>
    public static short[] Convert(ReadOnlySpan<short> samples, int sourceRateHz)
    {
        if (sourceRateHz == AudioFormat.SampleRateHz)
            return samples.ToArray();
        var mono = new float[samples.Length];
        for (var i = 0; i < mono.Length; i++)
            mono[i] = samples[i] / FullScale;
        using var clip = new ClipBuilder(sourceRateHz, samples.Length);
        clip.Add(mono);
        return clip.End();
    }

    /// <summary>Takes a block of samples, -1 to 1, and returns the output so far, valid until the next call.</summary>
    public ReadOnlySpan<short> Push(ReadOnlySpan<float> block)
    {
        taken += block.Length;
        if (handle == 0)
            return Round(block);
        fixed (float* input = block)
            return Round(Run(input, block.Length));
    }

    /// <summary>Ends the stream: what the filter kept, valid until the next call.</summary>
    public ReadOnlySpan<short> Flush()
    {
        if (handle == 0)
            return [];
        var padded = new float[LengthOf(taken, sourceRateHz) - given]; // the last sample may lie beyond soxr's own count
        var last = Run(null, 0);
        last[..Math.Min(last.Length, padded.Length)].CopyTo(padded);
        return Round(padded);
    }

    public void Dispose()
    {
        if (handle != 0)
            Delete(handle);
    }

    ReadOnlySpan<float> Run(float* input, int count)
    {
        var (used, filled) = (0, 0);
        nuint got;
        do
        {
            var room = (int)((long)(count - used) * AudioFormat.SampleRateHz / sourceRateHz) + 1024;
            if (resampled.Length < filled + room)
                Array.Resize(ref resampled, filled + room);
            nuint consumed;
            var from = input is null ? null : input + used;
            fixed (float* result = resampled)
                Check(Process(handle, from, (nuint)(count - used), &consumed, result + filled, (nuint)room, &got));
            used += (int)consumed;
            filled += (int)got;
        }
        while (used < count || (input is null && got > 0));
        given += filled;
        return resampled.AsSpan(0, filled);
    }

    ReadOnlySpan<short> Round(ReadOnlySpan<float> block)
    {
        if (output.Length < block.Length)
            output = new short[block.Length];
        RawPcm.ToSamples(block, output);
        return output.AsSpan(0, block.Length);
    }

    static void Check(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"soxr: {Marshal.PtrToStringUTF8(error)}");
    }

    [LibraryImport(Library, EntryPoint = "soxr_create")]
    private static partial nint Create(
        double inputRate, double outputRate, uint channels, out nint error, nint ioSpec, nint qualitySpec, nint runtimeSpec);

    [LibraryImport(Library, EntryPoint = "soxr_process")]
    private static partial nint Process(
        nint resampler, float* input, nuint inputLength, nuint* inputDone, float* output, nuint outputLength, nuint* outputDone);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    private static partial void Delete(nint resampler);
}
