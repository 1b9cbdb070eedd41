using System.Text;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Watching;

/// <summary>Figures of a version's answers; they add up over windows. An answer is the text of one piece of at most 20 s.</summary>
readonly record struct AnswerFigures
{
    /// <summary>1 for a piece on which the model threw, 0 for an answer.</summary>
    public Moments Failed { get; init; }
    /// <summary>1 for an empty text, 0 for another.</summary>
    public Moments Empty { get; init; }
    /// <summary>Letters a second of audio, of texts that are not empty.</summary>
    public Moments LettersASecond { get; init; }
    /// <summary>0 to 1.</summary>
    public Moments Confidence { get; init; }
    /// <summary>Natural logarithm of the seconds of computing for a second of audio.</summary>
    public Moments LogCost { get; init; }

    public static AnswerFigures OfFailure => new() { Failed = Moments.Of(1) };

    /// <param name="costASecond">Seconds of computing for a second of audio.</param>
    public static AnswerFigures Of(Transcription answer, double audioSeconds, double costASecond)
    {
        var letters = answer.Text.EnumerateRunes().Count(rune => !Rune.IsWhiteSpace(rune));
        return new AnswerFigures
        {
            Failed = Moments.Of(0),
            Empty = Moments.Of(letters == 0 ? 1 : 0),
            LettersASecond = letters > 0 ? Moments.Of(letters / audioSeconds) : default,
            Confidence = Moments.Of(double.IsFinite(answer.Confidence) ? answer.Confidence : 0),
            LogCost = Moments.Of(Math.Log(Math.Max(costASecond, 1e-6))),
        };
    }

    public static AnswerFigures operator +(AnswerFigures a, AnswerFigures b) => new()
    {
        Failed = a.Failed + b.Failed,
        Empty = a.Empty + b.Empty,
        LettersASecond = a.LettersASecond + b.LettersASecond,
        Confidence = a.Confidence + b.Confidence,
        LogCost = a.LogCost + b.LogCost,
    };
}
