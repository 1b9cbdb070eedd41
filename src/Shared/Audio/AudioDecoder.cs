using System.Buffers.Binary;
using Ssl.Shared.Contracts;

namespace Ssl.Shared.Audio;

/// <summary>A clip of any supported format to 16 kHz mono PCM16. Thread-safe. Memory grows with what is really there, never with what a header claims.</summary>
public static class AudioDecoder
{
    const int BlockFrames = 16_384;
    const uint UnknownLength = uint.MaxValue; // what a WAV writer that cannot seek back leaves in the header

    /// <param name="contentType">As the sender gave it; null: recognised by the first bytes.</param>
    public static DecodeResult Decode(ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits)
    {
        if (bytes.Length == 0)
            return DecodeResult.Refused(RejectReason.Empty, "no bytes");
        if (contentType is null)
            return DecodeContainer(bytes, expected: null, limits);
        if (AudioContentType.Parse(contentType, out var problem) is not { } type)
            return DecodeResult.Refused(RejectReason.UnsupportedContentType, problem);
        return type.Encoding == AudioEncoding.Container ? DecodeContainer(bytes, type.Container, limits) : DecodeRaw(bytes, type, limits);
    }

    static DecodeResult DecodeRaw(ReadOnlyMemory<byte> bytes, AudioContentType type, DecodeLimits limits)
    {
        var frameBytes = type.BytesPerSample * type.Channels;
        if (bytes.Length % frameBytes != 0)
            return DecodeResult.Refused(RejectReason.Truncated, $"{bytes.Length} bytes are not whole frames of {frameBytes} bytes");
        if (bytes.Length / frameBytes > limits.LongestSeconds * type.RateHz)
            return TooLong(bytes.Length / frameBytes / (double)type.RateHz, limits);
        var mono = new float[bytes.Length / frameBytes];
        RawPcm.ToMono(bytes.Span, type, mono);
        using var resampler = new Resampler(type.RateHz);
        var samples = new List<short>();
        resampler.Push(mono, samples);
        resampler.Flush(samples);
        return DecodeResult.Of([.. samples], type.RateHz);
    }

    static DecodeResult DecodeContainer(ReadOnlyMemory<byte> bytes, string? expected, DecodeLimits limits)
    {
        var found = AudioContentType.Recognise(bytes.Span);
        if (found is null)
            return DecodeResult.Refused(expected is null ? RejectReason.UnknownFormat : RejectReason.ContentTypeMismatch,
                expected is null ? "its first bytes are those of no format that is read (WAV, FLAC, Ogg, MP3); raw PCM needs a content type" : $"it is said to be {expected}, but its first bytes are not");
        if (expected is not null && found != expected)
            return DecodeResult.Refused(RejectReason.ContentTypeMismatch, $"it is said to be {expected}, but its first bytes are those of {found}");
        if (found == "wav" && MissingWavBytes(bytes.Span) is > 0 and var missing)
            return DecodeResult.Refused(RejectReason.Truncated, $"{missing} bytes of the audio that its header promises are missing");
        using var file = SoundFile.Open(bytes, out var problem);
        if (file is null)
            return DecodeResult.Refused(RejectReason.Corrupt, $"{found}: {problem}");
        return Check(file.Info, limits) ?? Read(file, found, limits);
    }

    static DecodeResult? Check(in SoundFileInfo info, DecodeLimits limits)
    {
        if (info.Channels < 1 || info.Channels > limits.MostChannels)
            return DecodeResult.Refused(RejectReason.TooManyChannels, $"{info.Channels} channels, at most {limits.MostChannels} are read");
        if (info.RateHz < limits.LowestRateHz || info.RateHz > limits.HighestRateHz)
            return DecodeResult.Refused(RejectReason.UnsupportedRate, $"{info.RateHz} Hz, {limits.LowestRateHz} to {limits.HighestRateHz} Hz are read");
        return info.Frames != long.MaxValue && info.Frames > limits.LongestSeconds * info.RateHz ? TooLong(info.Frames / (double)info.RateHz, limits) : null;
    }

    static DecodeResult Read(SoundFile file, string container, DecodeLimits limits)
    {
        var (rate, channels) = (file.Info.RateHz, file.Info.Channels);
        using var resampler = new Resampler(rate);
        var block = new float[BlockFrames * channels];
        var samples = new List<short>();
        var frames = 0L;
        for (int read; (read = file.Read(block)) > 0;)
        {
            frames += read;
            if (frames > limits.LongestSeconds * rate)
                return TooLong(frames / (double)rate, limits);
            resampler.Push(RawPcm.Downmix(block.AsSpan(0, read * channels), channels), samples);
        }
        if (file.Problem is { Length: > 0 } problem)
            return DecodeResult.Refused(RejectReason.Corrupt, $"{container}: {problem} after {frames / (double)rate:0.00} s");
        // Only FLAC says exactly how long it is; Ogg and MP3 are made to be cut, and WAV was checked before.
        if (container == "flac" && file.Info.Frames > frames)
            return DecodeResult.Refused(RejectReason.Truncated, $"flac: {frames / (double)rate:0.00} s of {file.Info.Frames / (double)rate:0.00} s are there");
        if (frames == 0)
            return DecodeResult.Refused(RejectReason.Empty, $"{container}: no audio in it");
        resampler.Flush(samples);
        return DecodeResult.Of([.. samples], rate);
    }

    /// <summary>Bytes that the data chunk of a RIFF file promises beyond the file's end.</summary>
    static long MissingWavBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("RIFF"u8))
            return 0;
        for (long at = 12; at + 8 <= bytes.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)at + 4)..]);
            if (bytes.Slice((int)at, 4).SequenceEqual("data"u8))
                return size == UnknownLength ? 0 : at + 8 + size - bytes.Length;
            at += 8 + size + (size & 1);
        }
        return 0;
    }

    static DecodeResult TooLong(double seconds, DecodeLimits limits) =>
        DecodeResult.Refused(RejectReason.TooLong, $"{seconds:0} s of audio, at most {limits.LongestSeconds:0} s are read in one clip");
}
