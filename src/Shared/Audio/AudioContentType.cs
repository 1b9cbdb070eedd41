using System.Globalization;
using System.Net.Http.Headers;

namespace Ssl.Shared.Audio;

/// <summary>A content type of <c>audio.raw</c>.</summary>
/// <param name="Container">Of a container: the subtype that its first bytes must show, e.g. <c>wav</c>.</param>
/// <param name="RateHz">Of raw PCM.</param>
/// <param name="Channels">Of raw PCM.</param>
public sealed record AudioContentType(AudioEncoding Encoding, string Container, int RateHz, int Channels)
{
    static readonly Dictionary<string, string> Containers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["audio/wav"] = "wav",
        ["audio/wave"] = "wav",
        ["audio/x-wav"] = "wav",
        ["audio/vnd.wave"] = "wav",
        ["audio/flac"] = "flac",
        ["audio/x-flac"] = "flac",
        ["audio/ogg"] = "ogg",
        ["audio/opus"] = "ogg",
        ["application/ogg"] = "ogg",
        ["audio/mpeg"] = "mpeg",
        ["audio/mp3"] = "mpeg",
    };

    /// <summary>Bytes of one sample of one channel.</summary>
    public int BytesPerSample => Encoding == AudioEncoding.MuLaw ? 1 : 2;

    /// <summary>The type, or null and what is wrong with it.</summary>
    public static AudioContentType? Parse(string text, out string problem)
    {
        problem = "";
        if (!MediaTypeHeaderValue.TryParse(text, out var media))
            problem = $"'{text}' is not a content type";
        else if (Containers.TryGetValue(media.MediaType!, out var container))
            return new AudioContentType(AudioEncoding.Container, container, 0, 0);
        else if (media.MediaType!.Equals("audio/basic", StringComparison.OrdinalIgnoreCase))
            return new AudioContentType(AudioEncoding.MuLaw, "", 8_000, 1);
        else if (media.MediaType.Equals("audio/l16", StringComparison.OrdinalIgnoreCase))
            return Raw(media, AudioEncoding.PcmBigEndian, out problem);
        else if (media.MediaType.Equals("audio/pcm", StringComparison.OrdinalIgnoreCase))
            return Raw(media, AudioEncoding.PcmLittleEndian, out problem);
        else
            problem = $"content type {media.MediaType} is not supported: audio/wav, flac, ogg, mpeg, basic, L16, pcm are";
        return null;
    }

    /// <summary>What the first bytes of a container show; null where they show none.</summary>
    public static string? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8))
            return "wav";
        if (start.StartsWith("fLaC"u8))
            return "flac";
        if (start.StartsWith("OggS"u8))
            return "ogg";
        return start.StartsWith("ID3"u8) || (start.Length > 1 && start[0] == 0xff && (start[1] & 0xe0) == 0xe0) ? "mpeg" : null;
    }

    static AudioContentType? Raw(MediaTypeHeaderValue media, AudioEncoding encoding, out string problem)
    {
        var (limits, rate, channels) = (DecodeLimits.Default, Parameter(media, "rate"), Parameter(media, "channels") ?? 1);
        problem = rate is null ? $"{media} lacks rate="
            : rate < limits.LowestRateHz || rate > limits.HighestRateHz ? $"rate={rate} is not within {limits.LowestRateHz} to {limits.HighestRateHz}"
            : channels < 1 || channels > limits.MostChannels ? $"channels={channels} is not within 1 to {limits.MostChannels}" : "";
        return problem.Length > 0 ? null : new AudioContentType(encoding, "", rate!.Value, channels);
    }

    static int? Parameter(MediaTypeHeaderValue media, string name) =>
        media.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } parameter
            ? int.TryParse(parameter.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1
            : null;
}
