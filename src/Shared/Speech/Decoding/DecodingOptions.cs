using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>How text is read off a CTC model's output where a recognizer has a language model; without one, the best label of each frame is (greedy). Scores are natural logarithms.</summary>
public sealed record DecodingOptions
{
    /// <summary>Beginnings of a text that are kept from frame to frame, 1 to 1,000. Default 16.</summary>
    [Range(1, 1000)]
    public int BeamWidth { get; init; } = 16;

    /// <summary>Labels less likely in a frame are not tried there, unless they are its best; -100 to 0. Default -5, as pyctcdecode.</summary>
    [Range(-100.0, 0.0)]
    public double LeastLabelScore { get; init; } = -5;

    /// <summary>Beginnings so much worse than the best are dropped; -100 to 0. Default -10, as pyctcdecode.</summary>
    [Range(-100.0, 0.0)]
    public double LeastBeamScore { get; init; } = -10;

    /// <summary>What a letter's probability in a model of letters counts beside the acoustic one, 0 to 10.</summary>
    [Range(0.0, 10.0)]
    public double LetterModelWeight { get; init; } = 0.5;

    /// <summary>Added for each letter: a language model alone would rather write nothing; -10 to 10.</summary>
    [Range(-10.0, 10.0)]
    public double LetterBonus { get; init; } = 1;

    /// <summary>
    /// Beside a model of letters, what the odds count that a word is none of the labelled texts', 0 (not at all) to 100. They are taken from how many of their words came only once; where that is every second one or more, a new word costs nothing (docs/lab-notes.md).
    /// </summary>
    [Range(0.0, 100.0)]
    public double KnownWordWeight { get; init; } = 4;

    /// <summary>What a word's probability in a model of words counts beside the acoustic one, 0 to 10. Default 0.5, pyctcdecode's alpha.</summary>
    [Range(0.0, 10.0)]
    public double WordModelWeight { get; init; } = 0.5;

    /// <summary>Added for each word, -100 to 100. Default 1.5, pyctcdecode's beta.</summary>
    [Range(-100.0, 100.0)]
    public double WordBonus { get; init; } = 1.5;

    /// <summary>Of a word that a model of words does not know, -100 to 0. Default -10, as pyctcdecode.</summary>
    [Range(-100.0, 0.0)]
    public double UnknownWordScore { get; init; } = -10;
}
