using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Turns the bytes that a client appends into 16 kHz samples; a sample may be split between two events. Not thread-safe.</summary>
sealed class AudioInput(AudioContentType type) : IDisposable
{
    Resampler resampler = new(type.RateHz);
    readonly byte[] split = new byte[type.BytesPerFrame];
    int splitBytes;

    public AudioContentType Type => type;

    public ReadOnlyMemory<short> Read(ReadOnlySpan<byte> bytes)
    {
        var frames = (splitBytes + bytes.Length) / type.BytesPerFrame;
        var whole = new byte[frames * type.BytesPerFrame];
        if (frames > 0)
        {
            split.AsSpan(0, splitBytes).CopyTo(whole);
            bytes[..(whole.Length - splitBytes)].CopyTo(whole.AsSpan(splitBytes));
            bytes = bytes[(whole.Length - splitBytes)..];
            splitBytes = 0;
        }
        bytes.CopyTo(split.AsSpan(splitBytes));
        splitBytes += bytes.Length;
        var mono = new float[frames];
        RawPcm.ToFloats(whole, type, mono);
        return resampler.Push(mono).ToArray();
    }

    /// <summary>Ends what was read so far: the samples that the resampler holds back.</summary>
    public ReadOnlyMemory<short> Flush()
    {
        var rest = resampler.Flush().ToArray();
        resampler.Dispose();
        (resampler, splitBytes) = (new Resampler(type.RateHz), 0);
        return rest;
    }

    public void Dispose() => resampler.Dispose();
}
