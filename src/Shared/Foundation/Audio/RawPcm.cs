using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Samples without a header to mono floats, -1 to 1; channels are averaged.</summary>
public static class RawPcm
{
    const float FullScale = 32768f;
    const float Scale = 1 / FullScale;
    static readonly float[] MuLawTable = [.. Enumerable.Range(0, 256).Select(code => MuLaw((byte)code) * Scale)];

    /// <summary>Why the first bytes of a message are no samples, or null.</summary>
    public static DecodeResult? Refuse(ReadOnlySpan<byte> bytes) => ContainerSignature.IsSurelyContainer(bytes)
        ? DecodeResult.Refused(RejectReason.ContentTypeMismatch,
            $"its content type says samples without a header, but its first bytes are those of {ContainerSignature.Of(bytes)}")
        : null;

    /// <param name="bytes">Whole frames, at least as many as <paramref name="mono"/> takes.</param>
    /// <param name="mono">One value a frame.</param>
    public static void ToMono(ReadOnlySpan<byte> bytes, AudioContentType type, Span<float> mono)
    {
        var (size, channels) = (type.BytesPerSample, type.Channels);
        for (var frame = 0; frame < mono.Length; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
                sum += Sample(bytes[((frame * channels + channel) * size)..], type.Encoding);
            mono[frame] = sum / channels;
        }
    }

    /// <summary>Averages interleaved channels in place and returns the mono part.</summary>
    public static ReadOnlySpan<float> Downmix(Span<float> interleaved, int channels)
    {
        if (channels == 1)
            return interleaved;
        var frames = interleaved.Length / channels;
        for (var frame = 0; frame < frames; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
                sum += interleaved[frame * channels + channel];
            interleaved[frame] = sum / channels;
        }
        return interleaved[..frames];
    }

    /// <summary>To 16 bits; what lies beyond full scale is clipped.</summary>
    public static void ToSamples(ReadOnlySpan<float> mono, Span<short> samples)
    {
        for (var i = 0; i < mono.Length; i++)
            samples[i] = (short)Math.Clamp(MathF.Round(mono[i] * FullScale), short.MinValue, short.MaxValue);
    }

    static float Sample(ReadOnlySpan<byte> bytes, AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.MuLaw => MuLawTable[bytes[0]],
        AudioEncoding.PcmBigEndian => BinaryPrimitives.ReadInt16BigEndian(bytes) * Scale,
        _ => BinaryPrimitives.ReadInt16LittleEndian(bytes) * Scale,
    };

    /// <summary>ITU-T G.711, table 2a, as 16-bit values.</summary>
    static int MuLaw(byte code)
    {
        var inverted = ~code;
        var magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }
}
