namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Decides whether a candidate may serve: its output must make sense, and its error rate be no higher than the champion's on the same recordings.</summary>
static class PromotionGate
{
    /// <param name="champion">Null: there is none yet; any output that makes sense is better.</param>
    public static GateVerdict Judge(GateScore candidate, GateScore? champion, GateOptions options)
    {
        var error = candidate.By(options.Metric);
        if (!candidate.IsFinite || !double.IsFinite(error))
            return new GateVerdict(Verdict.NotFinite, "its output is not a number");
        if (candidate.IsConstant)
            return new GateVerdict(Verdict.Constant, "it gives the same text for every held-out recording");
        var name = options.Metric == GateMetric.WordErrorRate ? "word error" : "character error";
        if (champion is null)
            return new GateVerdict(Verdict.Promoted, $"the first: {name} {error:0.000}");
        var toBeat = champion.By(options.Metric);
        // A champion whose own output is constant or not a number is always replaced.
        return !(error > toBeat + options.Tolerance) || champion.IsConstant || !champion.IsFinite
            ? new GateVerdict(Verdict.Promoted, $"{name} {error:0.000}, the champion's {toBeat:0.000}")
            : new GateVerdict(Verdict.Worse, $"{name} {error:0.000}, the champion's {toBeat:0.000}");
    }
}
