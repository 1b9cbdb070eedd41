namespace Ssl.Shared.Speech.Scoring;

/// <summary>
/// By how much the first recognizer's error rate exceeds the second's, with a 95 % interval; below 0, the first is better.
/// </summary>
/// <param name="Units">
/// Independent observations: speakers or recordings. With fewer than <see cref="PairedBootstrap.MinUnits"/>, the interval is unbounded.
/// </param>
/// <param name="BySpeaker">Whether the units are speakers.</param>
public sealed record DifferenceInterval(double Difference, double Low, double High, int Units, bool BySpeaker)
{
    public bool IsBelowZero => High < 0;
    public bool IsAboveZero => Low > 0;
}
