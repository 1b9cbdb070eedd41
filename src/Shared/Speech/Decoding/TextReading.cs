namespace Ssl.Shared.Speech.Decoding;

/// <summary>How text is decoded from a CTC model's output.</summary>
public enum TextReading
{
    /// <summary>The best label of each frame; no language model.</summary>
    Greedy,

    /// <summary>Beam search with the n-grams of letters alone: unclear words keep the letters that were heard. Pseudo-labels are made so.</summary>
    Letters,

    /// <summary>Beam search with all that the recognizer has: its n-grams, and beside n-grams of letters its known words.</summary>
    Words,
}
