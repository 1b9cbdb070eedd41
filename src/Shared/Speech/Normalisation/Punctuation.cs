namespace Ssl.Shared.Speech.Normalisation;

/// <summary>What becomes of punctuation and symbols in normalised text.</summary>
public enum Punctuation
{
    /// <summary>Replaced by a space.</summary>
    Drop,

    /// <summary>As written, but for <c>|</c>, the word delimiter of vocabularies.</summary>
    Keep,
}
