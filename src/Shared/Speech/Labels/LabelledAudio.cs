using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Labels;

/// <summary>
/// Finds copies of recordings, whole or in part, in other audio: a stretch of 100 ms that is the same sample for sample is found, wherever
/// it begins in either. Windows of 50 ms of the recordings are indexed by a polynomial hash, which is rolled over the other audio (Rabin
/// and Karp 1987). Audio that was encoded again or resampled differs and is not found. Thread-safe.
/// </summary>
public sealed class LabelledAudio
{
    const int WindowSamples = 800;
    const int MinPeak = 64; // quieter windows are not indexed: silence is equal everywhere
    const int SieveBits = 1 << 22; // 512 KiB: few samples of other audio need the search
    const ulong Base = 0x9E3779B97F4A7C15; // odd

    readonly ulong[] windows; // hashes, ascending
    readonly ulong[] sieve = new ulong[SieveBits / 64];
    readonly ulong leaving = Power(Base, WindowSamples - 1); // weight of the sample that leaves the window

    public LabelledAudio(IEnumerable<Utterance> recordings)
        : this(recordings.SelectMany(r => Windows(r.Samples)).Distinct().Order().ToArray())
    {
    }

    /// <param name="index">From <see cref="ToIndex"/>, of several one after the other.</param>
    public LabelledAudio(ReadOnlySpan<byte> index) : this(MemoryMarshal.Cast<byte, ulong>(index).ToArray().Distinct().Order().ToArray())
    {
    }

    LabelledAudio(ulong[] windows)
    {
        this.windows = windows;
        foreach (var hash in windows)
            sieve[Bit(hash) / 64] |= 1UL << (int)(Bit(hash) % 64);
    }

    /// <summary>All that is needed to find the recordings elsewhere: 160 bytes for a second of them.</summary>
    public byte[] ToIndex() => MemoryMarshal.AsBytes(windows.AsSpan()).ToArray();

    public bool Holds(Utterance audio) => Holds(audio.Samples.Span);

    /// <param name="samples">16 kHz mono PCM16.</param>
    public bool Holds(ReadOnlySpan<short> samples)
    {
        if (windows.Length == 0 || samples.Length < WindowSamples)
            return false;
        var hash = HashOf(samples[..WindowSamples]);
        for (var next = WindowSamples; !IsIndexed(hash); next++)
        {
            if (next == samples.Length)
                return false;
            hash = (hash - Digit(samples[next - WindowSamples]) * leaving) * Base + Digit(samples[next]);
        }
        return true;
    }

    static IEnumerable<ulong> Windows(ReadOnlyMemory<short> samples)
    {
        for (var first = 0; first + WindowSamples <= samples.Length; first += WindowSamples)
        {
            if (samples.Span.Slice(first, WindowSamples) is var window && window.ContainsAnyExceptInRange<short>(-MinPeak, MinPeak))
                yield return HashOf(window);
        }
    }

    bool IsIndexed(ulong hash) =>
        (sieve[Bit(hash) / 64] & 1UL << (int)(Bit(hash) % 64)) != 0 && Array.BinarySearch(windows, hash) >= 0;

    static ulong HashOf(ReadOnlySpan<short> window)
    {
        var hash = 0UL;
        foreach (var sample in window)
            hash = hash * Base + Digit(sample);
        return hash;
    }

    static ulong Digit(short sample) => (ushort)sample + 1UL;

    /// <summary>Of the low bits of a product only the low bits of its factors decide; the high ones depend on all.</summary>
    static uint Bit(ulong hash) => (uint)((hash * Base) >> 42);

    static ulong Power(ulong value, int exponent)
    {
        var power = 1UL;
        for (var i = 0; i < exponent; i++)
            power *= value;
        return power;
    }
}
