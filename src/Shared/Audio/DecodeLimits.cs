namespace Ssl.Shared.Audio;

/// <summary>What is refused before, or while, it is decoded: a small file may claim, or hold, hours of audio.</summary>
public sealed record DecodeLimits
{
    public static DecodeLimits Default { get; } = new();

    public double LongestSeconds { get; init; } = 1200;

    public int LowestRateHz { get; init; } = 4_000;

    public int HighestRateHz { get; init; } = 192_000;

    public int MostChannels { get; init; } = 8;
}
