using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio.Containers;
using static Ssl.Shared.Foundation.Audio.DecodeResult;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// A clip of any supported format to 16 kHz mono PCM16, or a reason. Thread-safe. What a header promises is believed within
/// <see cref="DecodeLimits"/> only.
/// </summary>
/// <remarks>
/// A content type is a hint where the first bytes show a container: web pages call everything <c>audio/wav</c>. One of samples without a
/// header must be true: of the wrong type they would be noise that nobody notices. Sizes and counts in headers are hints: a file is read to
/// its end. What is cut off is used up to there and says so, or refused (<see cref="DecodeLimits.Truncated"/>). What libsndfile does not
/// read to the end, ffmpeg is asked for.
/// </remarks>
public static class AudioDecoder
{
    const int BlockFrames = 8_192;
    const int BlocksPerSecond = 6; // at least: channels are compared block by block
    const int MaxParts = 1_000; // each costs a decoder of its own
    const int MinLossFrames = 2 * 1152; // of MP3: encoder delay and padding, which libsndfile counts or not

    /// <summary>Waits for ffmpeg, where it is needed, on the calling thread.</summary>
    public static DecodeResult Decode(ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits) =>
        DecodeAsync(bytes, contentType, limits, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>
    /// Decodes on the calling thread what libsndfile reads; <paramref name="ct"/> ends it within milliseconds all the same.
    /// </summary>
    /// <param name="contentType">As the sender gave it; null or <c>application/octet-stream</c>: recognised by the first bytes.</param>
    public static Task<DecodeResult> DecodeAsync(
        ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits, CancellationToken ct) =>
        DecodeAsync(bytes, contentType, limits, stream: null, ct);

    /// <param name="stream">Takes the samples as they come; null: they are in the result.</param>
    internal static Task<DecodeResult> DecodeAsync(
        ReadOnlyMemory<byte> bytes, string? contentType, DecodeLimits limits, AudioStream? stream, CancellationToken ct)
    {
        if (bytes.Length == 0)
            return Task.FromResult(Refused(RejectReason.Empty, "no bytes"));
        if (Wrapping.Problem(bytes.Span) is { } wrapped)
            return Task.FromResult(Refused(RejectReason.Wrapped, wrapped));
        if (AudioContentType.SaysNothing(contentType))
            return RecogniseAsync(bytes, expected: null, limits, stream, ct);
        if (AudioContentType.Parse(contentType!, out var problem) is not { } type)
            return AudioContentType.IsHeaderless(contentType!) || ContainerSignature.Of(ContainerSignature.WithoutLead(bytes).Span) is null
                ? Task.FromResult(Refused(RejectReason.UnsupportedContentType, problem))
                : RecogniseAsync(bytes, expected: null, limits, stream, ct);
        if (type.Encoding == AudioEncoding.MuLaw && ContainerSignature.Of(bytes.Span) == AudioContainer.Au)
            return RecogniseAsync(bytes, AudioContainer.Au, limits, stream, ct); // .au files are called audio/basic too
        return type.Encoding == AudioEncoding.Container
            ? RecogniseAsync(bytes, type.Container, limits, stream, ct)
            : Task.FromResult(DecodeRaw(bytes.Span, type, limits, stream, ct));
    }

    /// <summary>Samples of any rate and number of channels, interleaved: mixed and resampled as a clip is.</summary>
    public static DecodeResult DecodeSamples(ReadOnlySpan<short> interleaved, int rateHz, int channels)
    {
        var clip = new Clip(DecodeLimits.Default, sizeof(short) * (long)interleaved.Length, CancellationToken.None);
        var type = new AudioContentType(AudioEncoding.PcmLittleEndian, null, rateHz, channels);
        return ReadRaw(MemoryMarshal.AsBytes(interleaved), type, clip) ?? clip.End();
    }

    static DecodeResult DecodeRaw(
        ReadOnlySpan<byte> bytes, AudioContentType type, DecodeLimits limits, AudioStream? stream, CancellationToken ct)
    {
        if (RawPcm.Refuse(bytes) is { } refusal)
            return refusal;
        var isWhole = bytes.Length % type.BytesPerFrame == 0;
        var clip = new Clip(limits, bytes.Length, ct, stream)
        {
            CutOff = isWhole ? null : new CutOff(null, $"{bytes.Length} bytes are not whole frames of {type.BytesPerFrame} bytes"),
        };
        if (type.Encoding == AudioEncoding.G722)
        {
            if (clip.Refuse(2L * bytes.Length, type.RateHz, 1) is { } tooMuch)
                return tooMuch;
            clip.Add(RawPcm.FromG722(bytes), type.RateHz, 2L * bytes.Length, 1, AudioFaults.None);
            return clip.End();
        }
        return ReadRaw(bytes, type, clip) ?? clip.End();
    }

    static DecodeResult? ReadRaw(ReadOnlySpan<byte> bytes, AudioContentType type, Clip clip)
    {
        var samples = bytes.Length / type.BytesPerFrame * type.Channels;
        var block = new float[Math.Min(BlockFrames, type.RateHz / BlocksPerSecond) * type.Channels];
        float[]? weights = null;
        do
        {
            using var pass = new ClipPass(clip, type.RateHz, type.Channels, samples / type.Channels, weights);
            for (var at = 0; at < samples; at += block.Length)
            {
                var values = block.AsSpan(0, Math.Min(block.Length, samples - at));
                RawPcm.ToFloats(bytes[(at * type.BytesPerSample)..], type, values);
                if (pass.Push(values) is { } tooMuch)
                    return tooMuch;
            }
            weights = pass.End(out var badWindow);
            if (badWindow is not null)
                return badWindow;
        }
        while (weights is not null);
        return null;
    }

    static async Task<DecodeResult> RecogniseAsync(
        ReadOnlyMemory<byte> bytes, AudioContainer? expected, DecodeLimits limits, AudioStream? stream, CancellationToken ct)
    {
        bytes = ContainerSignature.WithoutLead(bytes);
        if (ContainerSignature.Of(bytes.Span) is { } container)
        {
            var read = await DecodeContainerAsync(bytes, container, limits, stream, ct);
            var isExpected = expected is null || expected == container || (IsForFfmpeg(expected) && IsForFfmpeg(container));
            return isExpected || !read.Ok ? read : read.With(AudioFaults.WrongContentType);
        }
        return expected is not null
            ? Refused(RejectReason.ContentTypeMismatch, $"its content type says {expected}, but its first bytes do not")
            : Refused(RejectReason.UnknownFormat,
                "its first bytes are those of no format that is read (WAV, FLAC, Ogg, MP3, AIFF, AU, CAF; with ffmpeg MP4, WebM, AAC, AMR, "
                + "WMA, AC-3); samples without a header need a content type");
    }

    static async Task<DecodeResult> DecodeContainerAsync(
        ReadOnlyMemory<byte> bytes, AudioContainer container, DecodeLimits limits, AudioStream? stream, CancellationToken ct)
    {
        if (IsForFfmpeg(container))
            return await FfmpegDecoder.DecodeAsync(bytes, container, limits, stream, ct);
        var clip = new Clip(limits, bytes.Length, ct, stream);
        var read = ReadParts(bytes, container, clip, out var isDamaged) ?? clip.End();
        if (!isDamaged && read.Reason != RejectReason.Empty || !limits.UseFfmpeg || !FfmpegDecoder.IsInstalled)
            return read;
        var other = await FfmpegDecoder.DecodeAsync(bytes, container, limits, clip.IsEmpty ? stream : null, ct, clip.CutOff);
        if (other.SampleCount <= Math.Max(read.SampleCount, clip.Given) && other.Reason != RejectReason.Truncated)
            return read;
        if (clip.Given == 0)
            return other;
        stream!.Take(other.Samples[clip.Given..]); // what it read further
        return other.GivenOut(other.SampleCount);
    }

    static bool IsForFfmpeg(AudioContainer? container) => container > AudioContainer.Caf;

    /// <param name="isDamaged">True where libsndfile read nothing, or stopped before the end.</param>
    static DecodeResult? ReadParts(ReadOnlyMemory<byte> bytes, AudioContainer container, Clip clip, out bool isDamaged)
    {
        var count = 0;
        isDamaged = false;
        foreach (var part in Parts(bytes, container))
        {
            if (++count > MaxParts)
                return Refused(RejectReason.Overcompressed, $"{container}: more than {MaxParts} files or streams in one");
            var refusal = Read(part, container, clip, ref isDamaged);
            if (refusal is not null)
                clip.CutOff = part.CutOff ?? (clip.IsEmpty ? null : new CutOff(null, refusal.Detail));
            if (refusal is not null && (clip.IsEmpty || refusal.Reason != RejectReason.Corrupt))
                return refusal;
        }
        isDamaged |= count == 0;
        return count > 0 ? null : Refused(RejectReason.Corrupt, $"{container}: nothing in it can be read");
    }

    static IEnumerable<AudioPart> Parts(ReadOnlyMemory<byte> bytes, AudioContainer container) => container switch
    {
        AudioContainer.Wav => ChunkFile.WavParts(bytes),
        AudioContainer.Aiff => [ChunkFile.Aiff(bytes)],
        AudioContainer.Flac => FlacFile.Parts(bytes),
        AudioContainer.Ogg => OggFile.Parts(bytes),
        AudioContainer.Mpeg => MpegFile.Parts(bytes),
        AudioContainer.Au => [LengthField.Au(bytes)],
        _ => [LengthField.Caf(bytes)],
    };

    static DecodeResult? Read(AudioPart part, AudioContainer container, Clip clip, ref bool isDamaged)
    {
        float[]? weights = null;
        do
        {
            var problem = "";
            using var file = container == AudioContainer.Ogg && OpusFile.TryOpen(part.Bytes) is { } opus
                ? (ISampleReader)opus : SoundFile.Open(part.Bytes, out problem);
            isDamaged |= file is null;
            if (file is null)
                return Refused(RejectReason.Corrupt, $"{container}: {problem}");
            var (rateHz, channels) = (file.RateHz, file.Channels);
            if (DecodeLimits.Refuse(rateHz, channels) is { } unsupported)
                return unsupported;
            var promised = part.PromisedFrames > 0 ? part.PromisedFrames : file.Frames;
            using var pass = new ClipPass(clip, rateHz, channels, promised, weights);
            var block = new float[BlockFrames * channels];
            for (int read; (read = file.Read(block)) > 0;)
            {
                if (pass.Push(block.AsSpan(0, read * channels)) is { } refusal)
                    return refusal;
            }
            weights = pass.End(out var badWindow);
            if (badWindow is not null)
                return badWindow;
            if (weights is not null)
                continue;
            var lost = container == AudioContainer.Ogg ? 0 : promised - pass.Frames; // positions in Ogg have holes
            isDamaged |= part.CutOff is null && (file.Problem.Length > 0 || lost > MinLossFrames);
            if (file.Problem.Length > 0 && pass.Frames == 0)
                return Refused(RejectReason.Corrupt, $"{container}: {file.Problem}");
            if (file.Problem.Length > 0 || CountsAsLost(part, container, lost, pass.Frames))
                clip.CutOff = lost > 0 ? CutOff.Of(promised / (double)rateHz, pass.Frames / (double)rateHz, "seconds")
                    : part.CutOff ?? new CutOff(null, $"{file.Problem} after {pass.Frames / (double)rateHz:0.00} s");
            else if (container != AudioContainer.Flac || promised == 0 || lost > 0)
                clip.CutOff = part.CutOff ?? clip.CutOff;
        }
        while (weights is not null);
        return null;
    }

    /// <summary>What libsndfile promised and did not read counts where the walk over the file found a cut, and in MP3.</summary>
    static bool CountsAsLost(AudioPart part, AudioContainer container, long lost, long frames) => frames > 0
        && (container == AudioContainer.Mpeg ? lost > MinLossFrames : lost > 0 && part.CutOff is { MissingShare: null });
}
