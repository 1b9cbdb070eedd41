namespace Ssl.Shared.Speech.Normalisation;

/// <summary>Case of the letters of normalised text.</summary>
public enum LetterCase
{
    /// <summary>All lower case.</summary>
    Lower,

    /// <summary>As written.</summary>
    Keep,

    /// <summary>All upper case, as many published vocabularies have it.</summary>
    Upper,
}
