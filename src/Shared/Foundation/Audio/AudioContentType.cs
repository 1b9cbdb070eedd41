using System.Globalization;
using System.Net.Http.Headers;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>A content type of <c>audio.raw</c>: a container, or samples without a header and their form.</summary>
/// <param name="Container">Of a container: what its first bytes must show.</param>
/// <param name="RateHz">Of raw PCM.</param>
/// <param name="Channels">Of raw PCM, interleaved.</param>
public sealed record AudioContentType(AudioEncoding Encoding, AudioContainer? Container, int RateHz, int Channels)
{
    const int MuLawRateHz = 8_000;
    const int BitsPerSample = 16;

    static readonly Dictionary<string, AudioContainer> Containers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["audio/wav"] = AudioContainer.Wav,
        ["audio/wave"] = AudioContainer.Wav,
        ["audio/x-wav"] = AudioContainer.Wav,
        ["audio/vnd.wave"] = AudioContainer.Wav,
        ["audio/flac"] = AudioContainer.Flac,
        ["audio/x-flac"] = AudioContainer.Flac,
        ["audio/ogg"] = AudioContainer.Ogg,
        ["audio/opus"] = AudioContainer.Ogg,
        ["audio/vorbis"] = AudioContainer.Ogg,
        ["application/ogg"] = AudioContainer.Ogg,
        ["audio/mpeg"] = AudioContainer.Mpeg,
        ["audio/mp3"] = AudioContainer.Mpeg,
        ["audio/aiff"] = AudioContainer.Aiff,
        ["audio/x-aiff"] = AudioContainer.Aiff,
        ["audio/x-caf"] = AudioContainer.Caf,
    };

    /// <summary>Bytes of one sample of one channel.</summary>
    public int BytesPerSample => Encoding == AudioEncoding.MuLaw ? 1 : 2;

    /// <summary>Bytes of one sample of every channel.</summary>
    public int BytesPerFrame => BytesPerSample * Channels;

    /// <summary>True if the sender did not know the type (<c>application/octet-stream</c>): the first bytes decide.</summary>
    public static bool SaysNothing(string? text) =>
        string.IsNullOrWhiteSpace(text) || text.ToLowerInvariant() is "application/octet-stream" or "binary/octet-stream";

    /// <summary>The type, or null and what is wrong with it.</summary>
    public static AudioContentType? Parse(string text, out string problem)
    {
        problem = "";
        if (!MediaTypeHeaderValue.TryParse(text, out var media) || media.MediaType is not { } name)
            problem = $"'{text}' is not a content type";
        else if (Containers.TryGetValue(name, out var container))
            return new AudioContentType(AudioEncoding.Container, container, 0, 0);
        else if (name.Equals("audio/basic", StringComparison.OrdinalIgnoreCase))
            return new AudioContentType(AudioEncoding.MuLaw, null, MuLawRateHz, 1);
        else if (name.Equals("audio/l16", StringComparison.OrdinalIgnoreCase))
            return Raw(media, AudioEncoding.PcmBigEndian, out problem);
        else if (name.Equals("audio/pcm", StringComparison.OrdinalIgnoreCase))
            return Raw(media, AudioEncoding.PcmLittleEndian, out problem);
        else
            problem = $"content type {name} is not supported: audio/wav, flac, ogg, mpeg, aiff, basic, L16, pcm are";
        return null;
    }

    static AudioContentType? Raw(MediaTypeHeaderValue media, AudioEncoding encoding, out string problem)
    {
        var (limits, rate) = (DecodeLimits.Default, Parameter(media, "rate"));
        var (channels, bits) = (Parameter(media, "channels") ?? 1, Parameter(media, "bits") ?? BitsPerSample);
        problem = rate is null ? $"{media} lacks rate="
            : rate < limits.LowestRateHz || rate > limits.HighestRateHz
                ? $"rate={rate} is not within {limits.LowestRateHz} to {limits.HighestRateHz}"
            : channels < 1 || channels > limits.MostChannels ? $"channels={channels} is not within 1 to {limits.MostChannels}"
            : bits != BitsPerSample ? $"bits={bits}: samples of {BitsPerSample} bits are read" : "";
        return problem.Length > 0 ? null : new AudioContentType(encoding, null, rate!.Value, channels);
    }

    static int? Parameter(MediaTypeHeaderValue media, string name) =>
        media.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } parameter
            ? int.TryParse(parameter.Value?.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1
            : null;
}
