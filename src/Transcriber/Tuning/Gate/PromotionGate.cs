using System.Globalization;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>
/// Judges a candidate. It has to be a recognizer at all; the first that is one is better than nothing. A later one has to err significantly
/// less than the champion on the gate set, and less on the hidden set; or, where the gate set is too small to tell, significantly less on
/// both together. It is held if it harms a part of the speech or costs too much.
/// </summary>
sealed class PromotionGate(GateOptions options)
{
    const int SmallGate = 50; // recordings or speakers
    const double PromisingShare = 0.43; // of half the 95 % interval: 80 % confidence

    /// <param name="champion">Null: there is none yet.</param>
    public GateReport Judge(GateSubject candidate, GateSubject? champion, GateSets sets, CancellationToken ct)
    {
        if (!candidate.IsFinite)
            return Report(GateVerdicts.Broken, "its weights or its loss are not numbers");
        var heard = Hear(candidate, sets.Gate);
        var rival = champion is null ? null : Hear(champion, sets.Gate);
        var wrong = rival is null ? null : DegenerateOutput.Of(rival); // what replaces it harms nobody
        var gate = Comparison.Of(GateFigures.Gate, heard, rival, options.Metric);
        var report = JudgeGateSet(heard, wrong, gate) with
        {
            Leads = gate.Difference?.Difference < 0,
            ReplacesBroken = wrong is not null,
            Sets = [gate.Figures],
            Labels = LabelPrints.Of(sets.Gate),
        };
        if (report.Verdict != GateVerdicts.Better && !(report.Verdict == GateVerdicts.Equal && IsPromising(gate)))
            return report;
        if (sets.Hidden.Count > 0)
            report = Confirm(report);
        if (champion is null || rival is null || wrong is not null || report.Verdict != GateVerdicts.Better)
            return report;
        var slices = GateSlices.Of(heard, rival, champion.JudgedOn, options.Metric);
        var cost = CostProbe.Of(candidate, champion, sets.Gate, ct);
        return report with
        {
            Sets = [.. report.Sets, .. slices.Select(s => s.Figures)],
            TimeRatio = cost.Time,
            MemoryRatio = cost.Memory,
            Held = string.Join("; ", Harm(slices).Concat(TooDear(cost))) is { Length: > 0 } held ? held : null,
        };

        IReadOnlyList<ScoredRecording> Hear(GateSubject subject, IReadOnlyList<LabelledUtterance> recordings) =>
            HeldOutScorer.Transcripts(subject.Transcribe, TextReading.Words, recordings, sets.Policy, ct);

        GateReport Confirm(GateReport report)
        {
            var heardToo = Hear(candidate, sets.Hidden);
            var rivalToo = champion is null ? null : Hear(champion, sets.Hidden);
            var hidden = Comparison.Of(GateFigures.Hidden, heardToo, rivalToo, options.Metric);
            if (report.Verdict == GateVerdicts.Better)
                return Confirmed(report, gate, hidden);
            var both = Comparison.Of("both", [.. heard, .. heardToo], [.. rival ?? [], .. rivalToo ?? []], options.Metric);
            return Together(report, hidden, both);
        }
    }

    /// <summary>Whether the gate set is small, and more recordings may show what it does not.</summary>
    static bool IsPromising(Comparison gate) => gate.Difference is { Difference: < 0, Units: < SmallGate } difference
        && (double.IsInfinity(difference.High)
            || difference.Difference + PromisingShare * (difference.High - difference.Difference) < 0);

    /// <param name="championsFault">Null: the champion is not broken, or there is none.</param>
    GateReport JudgeGateSet(IReadOnlyList<ScoredRecording> heard, string? championsFault, Comparison gate)
    {
        var figures = gate.InWords(options.Metric);
        if ((DegenerateOutput.Of(heard) ?? ChanceFloor.Of(heard)) is { } broken)
            return Report(GateVerdicts.Broken, broken);
        if (gate.Difference is not { } difference)
            return Report(GateVerdicts.Better, $"the first: {figures}");
        if (championsFault is not null)
            return Report(GateVerdicts.Better, $"the champion is broken ({championsFault})", figures);
        return Report(
            difference.IsBelowZero ? GateVerdicts.Better : difference.IsAboveZero ? GateVerdicts.Worse : GateVerdicts.Equal, figures);
    }

    /// <summary>The mean on the hidden set has to agree: of what is better by chance, or by overfitting, half is stopped here.</summary>
    GateReport Confirmed(GateReport report, Comparison gate, Comparison hidden)
    {
        var agrees = gate.Difference is not { IsBelowZero: true } || hidden.Difference?.Difference < 0;
        return report with
        {
            Verdict = agrees ? report.Verdict : GateVerdicts.Equal,
            Reasons = [.. report.Reasons, $"on the hidden set {(agrees ? "" : "it is not: ")}{hidden.InWords(options.Metric)}"],
            Sets = [.. report.Sets, hidden.Figures],
        };
    }

    GateReport Together(GateReport report, Comparison hidden, Comparison both) => report with
    {
        Verdict = both.Difference is { IsBelowZero: true } && hidden.Difference?.Difference < 0 ? GateVerdicts.Better : report.Verdict,
        Reasons =
        [
            $"on both sets {both.InWords(options.Metric)}", .. report.Reasons, $"on the hidden set {hidden.InWords(options.Metric)}",
        ],
        Sets = [.. report.Sets, hidden.Figures],
    };

    IEnumerable<string> Harm(IReadOnlyList<Comparison> slices) => slices.Where(s => s.Difference!.Low > options.MaxSliceLoss)
        .Select(s => $"worse for {s.Figures.Name}: {s.InWords(options.Metric)}");

    IEnumerable<string> TooDear(CostProbe cost)
    {
        if (options.MaxCost > 0 && cost.Time > options.MaxCost)
            yield return string.Create(CultureInfo.InvariantCulture, $"it takes {cost.Time:0.0} times the champion's time");
        if (options.MaxCost > 0 && cost.Memory > options.MaxCost)
            yield return string.Create(CultureInfo.InvariantCulture, $"it takes {cost.Memory:0.0} times the champion's memory");
    }

    static GateReport Report(string verdict, params IReadOnlyList<string> reasons) => new() { Verdict = verdict, Reasons = reasons };
}
