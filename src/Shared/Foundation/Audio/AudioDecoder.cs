namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// A clip of any supported format to 16 kHz mono PCM16: all of it, or a reason. Channels are averaged. Thread-safe. Memory grows with
/// what is really there, never with what a header claims.
/// </summary>
/// <remarks>
/// A content type that contradicts the bytes is refused, not corrected: it is the sender's mistake, and headerless samples of the wrong
/// type would be noise that nobody notices. A file of which a part is missing is refused: its sender still has it, and half a recording
/// would pass for all of it. Only MP3 without a Xing header, which promises no length, is read to wherever it ends.
/// </remarks>
public static class AudioDecoder
{
    const int BlockFrames = 8_192;
    const float LoudestSample = 1e3f; // lossy codecs overshoot full scale by a little; a thousand times is damage
    const int MpegSlackFrames = 2 * 1152; // encoder delay and padding, which libsndfile counts or not

    /// <param name="contentType">As the sender gave it; null or <c>application/octet-stream</c>: recognised by the first bytes.</param>
    public static DecodeResult Decode(ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits)
    {
        if (bytes.Length == 0)
            return DecodeResult.Refused(RejectReason.Empty, "no bytes");
        if (AudioContentType.SaysNothing(contentType))
            return DecodeContainer(bytes, expected: null, limits);
        if (AudioContentType.Parse(contentType!, out var problem) is not { } type)
            return DecodeResult.Refused(RejectReason.UnsupportedContentType, problem);
        if (type.Encoding == AudioEncoding.MuLaw && ContainerSignature.Of(bytes.Span) == AudioContainer.Au)
            return DecodeContainer(bytes, AudioContainer.Au, limits); // .au files are called audio/basic too
        return type.Encoding == AudioEncoding.Container ? DecodeContainer(bytes, type.Container, limits) : DecodeRaw(bytes, type, limits);
    }

    static DecodeResult DecodeRaw(ReadOnlyMemory<byte> bytes, AudioContentType type, DecodeLimits limits)
    {
        if (RawPcm.Refuse(bytes.Span) is { } refusal)
            return refusal;
        if (bytes.Length % type.BytesPerFrame != 0)
            return DecodeResult.Refused(RejectReason.Truncated, $"{bytes.Length} bytes are not whole frames of {type.BytesPerFrame} bytes");
        var frames = bytes.Length / type.BytesPerFrame;
        if (limits.Refuse(frames, type.RateHz, type.Channels, bytes.Length) is { } tooMuch)
            return tooMuch;
        var mono = new float[BlockFrames];
        using var clip = new ClipBuilder(type.RateHz, frames);
        for (var frame = 0; frame < frames; frame += BlockFrames)
        {
            var block = mono.AsSpan(0, Math.Min(BlockFrames, frames - frame));
            RawPcm.ToMono(bytes.Span[(frame * type.BytesPerFrame)..], type, block);
            clip.Add(block);
        }
        return DecodeResult.Of(clip.End(), type.RateHz);
    }

    static DecodeResult DecodeContainer(ReadOnlyMemory<byte> bytes, AudioContainer? expected, DecodeLimits limits)
    {
        if (ContainerSignature.Of(bytes.Span) is not { } found)
            return expected is null
                ? DecodeResult.Refused(RejectReason.UnknownFormat,
                    "its first bytes are those of no format that is read (WAV, FLAC, Ogg, MP3, AIFF, AU, CAF); raw PCM needs a type")
                : DecodeResult.Refused(RejectReason.ContentTypeMismatch, $"its content type says {expected}, but its first bytes do not");
        if (expected is not null && found != expected)
            return DecodeResult.Refused(RejectReason.ContentTypeMismatch, $"its content type says {expected}, its first bytes {found}");
        if (ContainerCompleteness.Check(bytes.Span, found) is { } incomplete)
            return incomplete;
        using var file = SoundFile.Open(bytes, out var problem);
        if (file is null)
            return DecodeResult.Refused(RejectReason.Corrupt, $"{found}: {problem}");
        return Check(file.Info, limits, bytes.Length) ?? Read(file, found, limits, bytes.Length);
    }

    static DecodeResult? Check(in SoundFileInfo info, DecodeLimits limits, int bytes)
    {
        if (info.Channels < 1 || info.Channels > limits.MostChannels)
            return DecodeResult.Refused(RejectReason.TooManyChannels, $"{info.Channels} channels, at most {limits.MostChannels} are read");
        if (info.RateHz < limits.LowestRateHz || info.RateHz > limits.HighestRateHz)
            return DecodeResult.Refused(RejectReason.UnsupportedRate,
                $"{info.RateHz} Hz, {limits.LowestRateHz} to {limits.HighestRateHz} Hz are read");
        return info.KnowsFrames ? limits.Refuse(info.Frames, info.RateHz, info.Channels, bytes) : null;
    }

    static DecodeResult Read(SoundFile file, AudioContainer container, DecodeLimits limits, int bytes)
    {
        var (rate, channels) = (file.Info.RateHz, file.Info.Channels);
        var block = new float[BlockFrames * channels];
        using var clip = new ClipBuilder(rate, file.Info.KnowsFrames ? file.Info.Frames : 0);
        var frames = 0L;
        for (int read; (read = file.Read(block)) > 0;)
        {
            frames += read;
            if (limits.Refuse(frames, rate, channels, bytes) is { } tooMuch)
                return tooMuch;
            var mono = RawPcm.Downmix(block.AsSpan(0, read * channels), channels);
            if (mono.ContainsAnyExceptInRange(-LoudestSample, LoudestSample)) // and NaN
                return DecodeResult.Refused(RejectReason.Corrupt,
                    $"{container}: samples that are not numbers, or a thousand times too large, before {frames / (double)rate:0.00} s");
            clip.Add(mono);
        }
        if (file.Problem is { Length: > 0 } problem)
            return DecodeResult.Refused(RejectReason.Corrupt, $"{container}: {problem} after {frames / (double)rate:0.00} s");
        var slack = container == AudioContainer.Mpeg ? MpegSlackFrames : 0;
        if (file.Info.KnowsFrames && file.Info.Frames > frames + slack)
            return DecodeResult.Refused(RejectReason.Truncated,
                $"{container}: only {frames / (double)rate:0.00} of {file.Info.Frames / (double)rate:0.00} s can be read");
        if (frames == 0)
            return DecodeResult.Refused(RejectReason.Empty, $"{container}: no audio in it");
        return DecodeResult.Of(clip.End(), rate);
    }
}
