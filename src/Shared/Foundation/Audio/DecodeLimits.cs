namespace Ssl.Shared.Foundation.Audio;

/// <summary>What is refused before, or while, it is decoded: a small file may claim, or hold, hours of audio.</summary>
public sealed record DecodeLimits
{
    // Opus begins at 500 bytes a second; with pauses left out (DTX) a call stays above 200. The rest allows short silences and the headers.
    const double LeastBytesPerSecond = 200;
    const double SecondsForFree = 30;

    // Opus of 6 kbit/s in stereo: 128 samples a byte. The rest is a second of CPU.
    const long MostSamplesPerByte = 128;
    const long SamplesForFree = 50_000_000;

    public static DecodeLimits Default { get; } = new();

    public double LongestSeconds { get; init; } = 1200;

    public int LowestRateHz { get; init; } = 4_000;

    public int HighestRateHz { get; init; } = 192_000;

    public int MostChannels { get; init; } = 8;

    /// <summary>Why that much audio from that many bytes is refused, or null.</summary>
    internal DecodeResult? Refuse(long frames, int rateHz, int channels, long bytes)
    {
        var seconds = frames / (double)rateHz;
        if (seconds > LongestSeconds)
            return DecodeResult.Refused(RejectReason.TooLong, $"{seconds:0} s of audio, at most {LongestSeconds:0} s are read in one clip");
        return seconds > SecondsForFree + bytes / LeastBytesPerSecond
            || frames * (double)channels > SamplesForFree + (double)bytes * MostSamplesPerByte
            ? DecodeResult.Refused(RejectReason.Overcompressed, $"{seconds:0} s of audio in {channels} channels from {bytes} bytes")
            : null;
    }
}
