using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NAudio.Codecs;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Samples without a header: to 16 bits, and to floats, -1 to 1.</summary>
public static class RawPcm
{
    const float FullScale = 32768f;
    const float Scale = 1 / FullScale;
    const int G722BitRate = 64_000;

    static readonly float[] MuLawTable = [.. Enumerable.Range(0, 256).Select(code => MuLawDecoder.MuLawToLinearSample((byte)code) * Scale)];
    static readonly float[] ALawTable = [.. Enumerable.Range(0, 256).Select(code => ALawDecoder.ALawToLinearSample((byte)code) * Scale)];

    /// <summary>Why the first bytes of a message are no samples, or null.</summary>
    public static DecodeResult? Refuse(ReadOnlySpan<byte> bytes) => ContainerSignature.IsSurelyContainer(bytes)
        ? DecodeResult.Refused(RejectReason.ContentTypeMismatch,
            $"its content type says samples without a header, but its first bytes are those of {ContainerSignature.Of(bytes)}")
        : null;

    /// <param name="bytes">At least as many samples as <paramref name="samples"/> takes; not G.722.</param>
    /// <param name="samples">Channels stay interleaved.</param>
    public static void ToSamples(ReadOnlySpan<byte> bytes, AudioContentType type, Span<short> samples)
    {
        if (type.Encoding is AudioEncoding.MuLaw or AudioEncoding.ALaw)
        {
            for (var i = 0; i < samples.Length; i++)
                samples[i] = type.Encoding == AudioEncoding.MuLaw
                    ? MuLawDecoder.MuLawToLinearSample(bytes[i]) : ALawDecoder.ALawToLinearSample(bytes[i]);
            return;
        }
        MemoryMarshal.Cast<byte, short>(bytes)[..samples.Length].CopyTo(samples);
        if (type.Encoding == AudioEncoding.PcmBigEndian == BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(samples, samples);
    }

    /// <summary>Averages interleaved channels in place and returns the mono part.</summary>
    public static Span<float> Downmix(Span<float> interleaved, int channels)
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

    /// <param name="bytes">At least as many samples as <paramref name="values"/> takes; not G.722.</param>
    public static void ToFloats(ReadOnlySpan<byte> bytes, AudioContentType type, Span<float> values)
    {
        switch (type.Encoding)
        {
            case AudioEncoding.MuLaw or AudioEncoding.ALaw:
                var table = type.Encoding == AudioEncoding.MuLaw ? MuLawTable : ALawTable;
                for (var i = 0; i < values.Length; i++)
                    values[i] = table[bytes[i]];
                break;
            case AudioEncoding.PcmBigEndian:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * i)..]) * Scale;
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) * Scale;
                break;
        }
    }

    /// <summary>Two samples of 16 kHz a byte.</summary>
    internal static short[] FromG722(ReadOnlySpan<byte> bytes)
    {
        var samples = new short[2 * bytes.Length];
        new G722Codec().Decode(new G722CodecState(G722BitRate, G722Flags.None), samples, bytes.ToArray(), bytes.Length);
        return samples;
    }
}
