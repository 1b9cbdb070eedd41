namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Decides whether a candidate may serve: it must make sense at all, and err no more than the champion on the same recordings.</summary>
static class PromotionGate
{
    /// <param name="champion">Null: nothing serves yet; then anything that makes sense is better.</param>
    public static GateVerdict Judge(GateScore candidate, GateScore? champion, GateOptions options)
    {
        var error = candidate.By(options.Metric);
        if (!candidate.IsFinite || !double.IsFinite(error))
            return new GateVerdict(Verdict.NotFinite, "its output is not a number");
        if (candidate.IsConstant)
            return new GateVerdict(Verdict.Constant, "it hears the same in every held-out recording");
        var name = options.Metric == GateMetric.WordErrorRate ? "word error" : "character error";
        if (champion is null)
            return new GateVerdict(Verdict.Promoted, $"the first: {name} {error:0.000}");
        var toBeat = champion.By(options.Metric);
        // A champion that has gone bad (constant, not a number) never stands in the way of one that has not.
        return !(error > toBeat + options.Tolerance) || champion.IsConstant || !champion.IsFinite
            ? new GateVerdict(Verdict.Promoted, $"{name} {error:0.000}, the champion's {toBeat:0.000}")
            : new GateVerdict(Verdict.Worse, $"{name} {error:0.000}, the champion's {toBeat:0.000}");
    }
}
