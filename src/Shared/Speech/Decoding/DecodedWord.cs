namespace Ssl.Shared.Speech.Decoding;

/// <summary>A word and its frames, from the first of its first letter up to, not including, <paramref name="EndFrame"/>.</summary>
/// <param name="Delimiter">Log-probability of the word delimiter before it; 0 for the first word.</param>
public sealed record DecodedWord(IReadOnlyList<DecodedLetter> Letters, int StartFrame, int EndFrame, double Delimiter)
{
    public string Word { get; } = string.Concat(Letters.Select(l => l.Token));
}
