using Ssl.Shared.Foundation.Registry;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>Values of the beam search (docs/adr/0007). Scores are natural logarithms; defaults are measured, or pyctcdecode's.</summary>
public sealed record DecodingRecipe : Recipe
{
    public override string Name { get; init; } = "decoding-2026-11";

    /// <summary>Prefixes kept from frame to frame.</summary>
    public int BeamWidth { get; init; } = 16;

    /// <summary>Labels below this score in a frame are not tried there, except the best one (pyctcdecode).</summary>
    public double MinLabelScore { get; init; } = -5;

    /// <summary>Prefixes below the best one's score plus this are dropped (pyctcdecode).</summary>
    public double MinBeamScore { get; init; } = -10;

    /// <summary>Weight of n-grams of letters against the acoustic score.</summary>
    public double LetterModelWeight { get; init; } = 0.5;

    /// <summary>Added for each letter; without it n-grams favour short texts.</summary>
    public double LetterBonus { get; init; } = 1;

    /// <inheritdoc cref="DecodingOptions.KnownWordWeight"/>
    public double KnownWordWeight { get; init; } = new DecodingOptions().KnownWordWeight;

    /// <summary>Weight of n-grams of words against the acoustic score (pyctcdecode's alpha).</summary>
    public double WordModelWeight { get; init; } = 0.5;

    /// <summary>Added for each word (pyctcdecode's beta).</summary>
    public double WordBonus { get; init; } = 1.5;

    /// <summary>Added for a word that the n-grams of words lack (pyctcdecode).</summary>
    public double UnknownWordScore { get; init; } = -10;

    /// <summary>Whether n-grams of words see the beginning and the end of the text (pyctcdecode's score_boundary).</summary>
    public bool SentenceBoundaries { get; init; } = true;
}
