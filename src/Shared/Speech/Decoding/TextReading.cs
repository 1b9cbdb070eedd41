namespace Ssl.Shared.Speech.Decoding;

/// <summary>How text is decoded from a CTC model's output.</summary>
public enum TextReading
{
    /// <summary>The best label of each frame; no language model.</summary>
    Greedy,

    /// <summary>Beam search without known words, so that unclear words keep their letters: for pseudo-labels.</summary>
    Letters,

    /// <summary>Beam search with the n-grams, and the known words if the recognizer has them.</summary>
    Words,
}
