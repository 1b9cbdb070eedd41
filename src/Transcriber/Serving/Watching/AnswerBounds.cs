namespace Ssl.Transcriber.Serving.Watching;

/// <summary>
/// Bounds of a new champion's answers against the former one's. They are wide, because speech changes too, and a figure has to be outside
/// by four standard errors: the watch looks hundreds of times.
/// </summary>
static class AnswerBounds
{
    /// <summary>Answers of either version below which nothing is concluded.</summary>
    public const int MinAnswers = 20;
    const double StandardErrors = 4;
    const double FailedMore = 0.05; // share of the pieces
    const double EmptyMore = 0.2; // share of the answers
    const double LettersRatio = 2; // more or fewer letters a second, as a factor
    const double ConfidenceLess = 0.15;
    const double CostRatio = 3;

    /// <returns>What is outside its bound; null: nothing.</returns>
    public static BoundFault? Outside(AnswerFigures now, AnswerFigures former)
    {
        if (now.Failed.Count < MinAnswers || former.Failed.Count < MinAnswers)
            return null;
        var (letters, formerLetters) = (now.LettersASecond, former.LettersASecond);
        return Share(BoundFault.Errors, "of the pieces fail", now.Failed, former.Failed, FailedMore)
            ?? Share(BoundFault.EmptyTexts, "of the texts are empty", now.Empty, former.Empty, EmptyMore)
            ?? Exceeds(BoundFault.Letters, letters, formerLetters, LettersRatio, InLetters)
            ?? Exceeds(BoundFault.Letters, formerLetters, letters, LettersRatio, (f, n) => InLetters(n, f))
            ?? Lower(now.Confidence, former.Confidence)
            ?? Costlier(now.LogCost, former.LogCost);

        static string InLetters(double now, double former) => $"{now:0.0} letters a second, {former:0.0} of the former version";
    }

    static BoundFault? Share(string bound, string what, Moments now, Moments former, double more)
    {
        var (share, before) = (Guarded(now), Guarded(former));
        return share.Mean - before.Mean - more > StandardErrors * Math.Sqrt(share.Variance + before.Variance)
            ? new BoundFault(bound, $"{now.Mean:0 %} {what}, {former.Mean:0 %} of the former version's") : null;
    }

    /// <summary>A share with a case of either kind added, so that none in a few does not count as never (Agresti and Coull 1998).</summary>
    static (double Mean, double Variance) Guarded(Moments share)
    {
        var mean = (share.Sum + 1) / (share.Count + 2);
        return (mean, mean * (1 - mean) / (share.Count + 2));
    }

    /// <summary>Whether the first mean is more than so many times the second.</summary>
    static BoundFault? Exceeds(string bound, Moments a, Moments b, double ratio, Func<double, double, string> inWords) =>
        a.Mean - ratio * b.Mean > StandardErrors * Math.Sqrt(a.ErrorSquared + ratio * ratio * b.ErrorSquared)
            ? new BoundFault(bound, inWords(a.Mean, b.Mean)) : null;

    static BoundFault? Lower(Moments now, Moments former) =>
        former.Mean - now.Mean - ConfidenceLess > StandardErrors * Math.Sqrt(now.ErrorSquared + former.ErrorSquared)
            ? new BoundFault(BoundFault.Confidence, $"mean confidence {now.Mean:0.00}, {former.Mean:0.00} of the former version") : null;

    static BoundFault? Costlier(Moments now, Moments former) =>
        now.Mean - former.Mean - Math.Log(CostRatio) > StandardErrors * Math.Sqrt(now.ErrorSquared + former.ErrorSquared)
            ? new BoundFault(BoundFault.Latency, $"{Math.Exp(now.Mean - former.Mean):0.0} times the former version's time") : null;
}
