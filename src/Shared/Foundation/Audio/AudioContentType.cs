using System.Globalization;
using System.Net.Http.Headers;
using static Ssl.Shared.Foundation.Audio.DecodeLimits;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>A content type of <c>audio.raw</c>: a container, or samples without a header and their form.</summary>
/// <param name="Container">Of a container: what its first bytes must show.</param>
/// <param name="RateHz">Of samples without a header.</param>
/// <param name="Channels">Of samples without a header, interleaved.</param>
public sealed record AudioContentType(AudioEncoding Encoding, AudioContainer? Container, int RateHz, int Channels)
{
    const int TelephoneRateHz = 8_000;
    const int G722RateHz = 16_000;

    /// <summary>Bytes of one sample of one channel; of G.722 two samples.</summary>
    public int BytesPerSample => Encoding is AudioEncoding.MuLaw or AudioEncoding.ALaw or AudioEncoding.G722 ? 1 : 2;
    /// <summary>Bytes of one sample of every channel.</summary>
    public int BytesPerFrame => BytesPerSample * Channels;
    /// <summary>True if the messages of one key are one continuous stream, cut anywhere.</summary>
    public bool IsStream => Encoding is not (AudioEncoding.Container or AudioEncoding.G722);

    /// <summary>True if the sender did not know the type (<c>application/octet-stream</c>): the first bytes decide.</summary>
    public static bool SaysNothing(string? text) =>
        string.IsNullOrWhiteSpace(text) || NameOf(text, out _) is "application/octet-stream" or "binary/octet-stream";

    /// <summary>True if it names samples without a header, which no first bytes show.</summary>
    public static bool IsHeaderless(string text) => NameOf(text, out _) is { } name && EncodingOf(name) is not null;

    /// <summary>The type, or null and what is wrong with it.</summary>
    public static AudioContentType? Parse(string text, out string problem)
    {
        problem = "";
        if (NameOf(text, out var media) is not { } name)
            problem = $"'{text}' is not a content type";
        else if (ContainerOf(name) is { } container)
            return new AudioContentType(AudioEncoding.Container, container, 0, 0);
        else if (EncodingOf(name) is not { } encoding)
            problem = $"content type {name} is not supported: audio/wav, flac, ogg, mpeg, aiff, basic, PCMU, PCMA, G722, L16, pcm are; "
                + "with ffmpeg audio/mp4, webm, aac, amr, ac3, x-ms-wma, video/mp4, webm and the like";
        // whatever its rate says: RFC 3551 fixed the clock rate at 8000; the sampling rate is 16000
        else if (encoding == AudioEncoding.G722)
            return new AudioContentType(encoding, null, G722RateHz, 1);
        else
            return Headerless(media!, encoding, out problem);
        return null;
    }

    /// <summary>In lower case; null where the text is not a content type.</summary>
    static string? NameOf(string text, out MediaTypeHeaderValue? media) =>
        MediaTypeHeaderValue.TryParse(text, out media) ? media.MediaType?.ToLowerInvariant() : null;

    static AudioEncoding? EncodingOf(string name) => name switch
    {
        "audio/l16" => AudioEncoding.PcmBigEndian,
        "audio/pcm" => AudioEncoding.PcmLittleEndian,
        "audio/basic" or "audio/pcmu" or "audio/x-mulaw" or "audio/mulaw" or "audio/x-mulaw-basic" => AudioEncoding.MuLaw,
        "audio/pcma" or "audio/x-alaw" or "audio/alaw" or "audio/x-alaw-basic" => AudioEncoding.ALaw,
        "audio/g722" or "audio/x-g722" => AudioEncoding.G722,
        _ => null,
    };

    static AudioContainer? ContainerOf(string name) => name switch
    {
        "audio/wav" or "audio/wave" or "audio/x-wav" or "audio/vnd.wave" => AudioContainer.Wav,
        "audio/flac" or "audio/x-flac" => AudioContainer.Flac,
        "audio/ogg" or "audio/opus" or "audio/vorbis" or "application/ogg" or "video/ogg" => AudioContainer.Ogg,
        "audio/mpeg" or "audio/mp3" or "audio/x-mp3" or "audio/x-mpeg" or "audio/mpeg3" => AudioContainer.Mpeg,
        "audio/aiff" or "audio/x-aiff" => AudioContainer.Aiff,
        "audio/x-caf" => AudioContainer.Caf,
        "audio/webm" or "video/webm" or "audio/matroska" or "audio/x-matroska" or "video/x-matroska" or "video/matroska"
            => AudioContainer.Matroska,
        "audio/mp4" or "audio/m4a" or "audio/x-m4a" or "video/mp4" or "audio/3gpp" or "video/3gpp" or "audio/3gpp2" or "video/3gpp2"
            or "video/quicktime" or "video/x-m4v" => AudioContainer.Mp4,
        "audio/aac" or "audio/x-aac" or "audio/aacp" or "audio/x-hx-aac-adts" => AudioContainer.Aac,
        "audio/amr" or "audio/amr-wb" or "audio/x-amr" => AudioContainer.Amr,
        "audio/x-ms-wma" or "video/x-ms-wmv" or "video/x-ms-asf" or "application/vnd.ms-asf" => AudioContainer.Asf,
        "audio/ac3" or "audio/eac3" or "audio/x-ac3" => AudioContainer.Ac3,
        "video/mpeg" or "video/mp2t" or "video/x-msvideo" or "video/avi" or "video/x-flv" or "audio/x-wavpack" => AudioContainer.Other,
        _ => null,
    };

    static AudioContentType? Headerless(MediaTypeHeaderValue media, AudioEncoding encoding, out string problem)
    {
        var usualRateHz = encoding is AudioEncoding.MuLaw or AudioEncoding.ALaw ? TelephoneRateHz : 0;
        var type = new AudioContentType(encoding, null, Parameter("rate") ?? usualRateHz, Parameter("channels") ?? 1);
        var sampleBits = type.BytesPerSample * 8;
        var bits = Parameter("bits") ?? sampleBits;
        problem = type.RateHz == 0 ? $"{media} lacks rate="
            : type.RateHz is < MinRateHz or > MaxRateHz ? $"rate={type.RateHz} is not within {MinRateHz} to {MaxRateHz}"
            : type.Channels is < 1 or > MaxChannels ? $"channels={type.Channels} is not within 1 to {MaxChannels}"
            : bits != sampleBits ? $"bits={bits}: samples of {sampleBits} bits are read" : "";
        return problem.Length > 0 ? null : type;

        int? Parameter(string name) =>
            media.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } parameter
                ? int.TryParse(parameter.Value?.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1
                : null;
    }
}
