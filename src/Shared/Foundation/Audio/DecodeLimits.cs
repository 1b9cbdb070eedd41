namespace Ssl.Shared.Foundation.Audio;

/// <summary>What is refused before, or while, it is decoded: a small file may hold hours of audio.</summary>
public sealed record DecodeLimits
{
    // Opus starts at 500 bytes a second; without its pauses (DTX) a call stays above 200. The rest allows short silences and the headers.
    const double MinBytesPerSecond = 200;
    const double SecondsForFree = 30;

    // Opus of 6 kbit/s in stereo: 128 samples a byte. The rest is a second of CPU time.
    const long MaxSamplesPerByte = 128;
    const long SamplesForFree = 50_000_000;

    public const int MinRateHz = 4_000;
    public const int MaxRateHz = 192_000;
    public const int MaxChannels = 8;

    public static DecodeLimits Default { get; } = new();
    /// <summary>Of a labelled recording: the memory of fine-tuning grows with the square of the length.</summary>
    public static DecodeLimits OfLabel { get; } = new() { MaxSeconds = 30 };
    public double MaxSeconds { get; init; } = 1200;
    public TruncatedAudio Truncated { get; init; } = TruncatedAudio.Use;
    /// <summary>False: what only ffmpeg reads is refused.</summary>
    public bool UseFfmpeg { get; init; } = true;

    /// <summary>Why that much audio from that many bytes is refused, or null.</summary>
    /// <param name="samples">Of all channels.</param>
    internal DecodeResult? Refuse(double seconds, double samples, long bytes)
    {
        if (seconds > MaxSeconds)
            return DecodeResult.Refused(RejectReason.TooLong, $"{seconds:0} s of audio, at most {MaxSeconds:0} s are read in one clip");
        return seconds > SecondsForFree + bytes / MinBytesPerSecond || samples > SamplesForFree + (double)bytes * MaxSamplesPerByte
            ? DecodeResult.Refused(RejectReason.Overcompressed, $"{seconds:0} s of audio from {bytes} bytes")
            : null;
    }

    internal static DecodeResult? Refuse(int rateHz, int channels) =>
        channels is < 1 or > MaxChannels
            ? DecodeResult.Refused(RejectReason.TooManyChannels, $"{channels} channels, at most {MaxChannels} are read")
        : rateHz is < MinRateHz or > MaxRateHz
            ? DecodeResult.Refused(RejectReason.UnsupportedRate, $"{rateHz} Hz, {MinRateHz} to {MaxRateHz} Hz are read")
        : null;
}
