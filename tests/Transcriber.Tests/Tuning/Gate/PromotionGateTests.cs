using System.Text.RegularExpressions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

public sealed partial class PromotionGateTests
{
    static readonly string[] Numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "zero"];
    static readonly LabelledUtterance[] Gate = [.. Enumerable.Range(0, 20).Select(i => Said(i))];
    static readonly LabelledUtterance[] Hidden = [.. Enumerable.Range(20, 10).Select(i => Said(i))];

    [Fact]
    public void The_first_that_listens_is_promoted()
    {
        var report = Judge(Hears(wrong: 10), null);
        Assert.True(report.MayServe);
        Assert.StartsWith("passed: the first: character error 0.5", report.Health, StringComparison.Ordinal);
        Assert.Equal(["gate", "hidden"], report.Sets.Select(s => s.Name));
    }

    [Theory]
    [InlineData(2, 12, "better")]
    [InlineData(9, 10, "equal")]
    [InlineData(10, 10, "equal")]
    [InlineData(12, 2, "worse")]
    public void A_later_one_has_to_be_significantly_better(int wrong, int championsWrong, string verdict)
    {
        var report = Judge(Hears(wrong), Hears(championsWrong));
        Assert.Equal(verdict, report.Verdict);
        Assert.Equal(verdict == "better", report.MayServe);
        Assert.Equal(wrong < championsWrong, report.Leads);
        Assert.Contains(report.Reasons, why => Words().IsMatch(why));
        if (verdict != "better")
            Assert.StartsWith($"refused: {verdict}: ", report.Health, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^character error 0\.\d+, the champion's 0\.\d+ \(difference [+-]0\.\d+, 95 % interval .* 20 recordings\)$")]
    private static partial Regex Words();

    [Fact]
    public void Where_the_gate_set_is_too_small_to_tell_both_sets_decide_together()
    {
        var report = Judge(Hears(wrong: 7), Hears(wrong: 10));
        Assert.Equal("better", report.Verdict);
        Assert.StartsWith("on both sets character error 0.", report.Why, StringComparison.Ordinal);
        Assert.EndsWith("30 recordings)", report.Reasons[0], StringComparison.Ordinal);
        Assert.Equal("equal", Judge(Hears(wrong: 7), Hears(wrong: 10), Gate, []).Verdict);
    }

    [Fact]
    public void What_is_not_better_on_the_hidden_set_is_not_promoted()
    {
        var champion = HeardTexts.Hearing(Gate.Select(r => (r, r.Id[^1] > '4' ? "" : r.Text)).Concat(Hidden.Select(r => (r, r.Text))));
        var candidate = HeardTexts.Hearing(Gate.Select(r => (r, r.Text)).Concat(Hidden.Select(r => (r, r.Text))));
        var report = Judge(candidate, champion);
        Assert.Equal("equal", report.Verdict);
        Assert.StartsWith("on the hidden set it is not: character error 0.000, the champion's 0.000", report.Reasons[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_hidden_set_is_heard_only_by_what_is_better_on_the_gate_set()
    {
        foreach (var wrong in new[] { 10, 12 })
            Assert.DoesNotContain(Judge(Hears(wrong), Hears(10)).Sets, s => s.Name == "hidden");
    }

    [Theory]
    [InlineData("", "100% of its texts are empty")]
    [InlineData("one", "100% of its texts are the same")]
    [InlineData("number", "100% of its letters are the same")]
    [InlineData("long", "it writes")]
    [InlineData("others", "it errs no less than a text of one letter")]
    [InlineData("nan", "its output is not a number")]
    [InlineData("weights", "its weights or its loss are not numbers")]
    public void A_broken_one_is_refused_even_as_the_first(string fault, string why)
    {
        var candidate = HeardTexts.Hearing(Gate.Concat(Hidden).Select((r, i) => (r, fault switch
        {
            "number" => new string('e', 1 + i % 3),
            "long" => new string([.. Enumerable.Range(0, 400).Select(n => (char)('a' + (n + i) % 7))]),
            "others" => Numbers[(i + 1) % 10],
            "nan" or "weights" => r.Text,
            _ => fault,
        })), fault == "nan" ? double.NaN : 0.9) with
        { IsFinite = fault != "weights" };
        foreach (var champion in new[] { null, Hears(wrong: 10) })
        {
            var report = Judge(candidate, champion);
            Assert.Equal("broken", report.Verdict);
            Assert.StartsWith(why, report.Why, StringComparison.Ordinal);
            Assert.False(report.MayServe);
        }
    }

    [Fact]
    public void A_champion_that_is_broken_is_replaced_by_what_is_not()
    {
        var report = Judge(Hears(wrong: 10), HeardTexts.Hearing(Gate.Concat(Hidden).Select(r => (r, "three"))));
        Assert.True(report.MayServe);
        Assert.StartsWith("the champion is broken (100% of its texts are the same)", report.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.05, "worse for domain radio: ")]
    [InlineData(1, null)]
    public void A_better_one_that_harms_a_domain_is_held(double maxSliceLoss, string? held)
    {
        var table = new SyntheticTable(120, seed: 3, domainOf: i => i % 4 == 0 ? "radio" : "telephone");
        var champion = HeardTexts.Hearing(table.Recordings.Zip(table.Heard(0.5)));
        var candidate = HeardTexts.Hearing(table.Recordings.Zip(table.Heard(i => table.Recordings[i].Domain == "radio" ? 0.8 : 0.2)));
        var report = new PromotionGate(new GateOptions { MaxSliceLoss = maxSliceLoss }).Judge(
            candidate, champion, new GateSets(table.Recordings, [], new TextPolicy()), TestContext.Current.CancellationToken);
        Assert.Equal("better", report.Verdict);
        Assert.Equal(held is null, report.MayServe);
        Assert.StartsWith(held ?? "", report.Held ?? "", StringComparison.Ordinal);
        Assert.Equal("domain radio", report.Sets[1].Name);
    }

    [Fact]
    public void Forgetting_shows_on_the_labels_that_the_champion_was_judged_on()
    {
        var table = new SyntheticTable(120, seed: 4);
        var older = Judge(HeardTexts.Hearing(table.Recordings.Take(40).Select(r => (r, r.Text))), null, [.. table.Recordings.Take(40)], []);
        var champion = HeardTexts.Hearing(table.Recordings.Zip(table.Heard(i => i < 40 ? 0.1 : 0.7))) with { JudgedOn = older.Labels };
        var candidate = HeardTexts.Hearing(table.Recordings.Zip(table.Heard(0.3)));
        var report = Judge(candidate, champion, table.Recordings, []);
        Assert.Equal("better", report.Verdict);
        Assert.StartsWith("worse for older labels: character error 0.2", report.Held, StringComparison.Ordinal);
        Assert.Equal(("older labels", 40), (report.Sets[1].Name, report.Sets[1].Recordings));
    }

    [Fact]
    public void A_better_one_that_costs_far_more_is_held()
    {
        var (large, champion) = (Hears(wrong: 2) with { WeightBytes = 9000 }, Hears(wrong: 12));
        Assert.Equal("it takes 9.0 times the champion's memory", Judge(large, champion).Held);
        var slow = Hears(wrong: 2);
        var report = Judge(slow with { Transcribe = Slowly }, champion);
        Assert.Matches(@"^it takes \d+\.\d times the champion's time$", report.Held);
        Assert.InRange(report.TimeRatio!.Value, 3, double.MaxValue);

        IReadOnlyList<Transcription> Slowly(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading)
        {
            for (var started = ComputeTime.Now; ComputeTime.Now - started < TimeSpan.FromMilliseconds(20);)
                Thread.SpinWait(1000);
            return slow.Transcribe(clips, reading);
        }
    }

    [Fact]
    public void The_metric_is_an_option()
    {
        var candidate = HeardTexts.Hearing(Gate.Select(r => (r, r.Text[1..]))); // every word is wrong by a letter
        var champion = HeardTexts.Hearing(Gate.Select((r, i) => (r, i % 5 < 3 ? "" : r.Text)));
        Assert.Equal("better", Judge(candidate, champion, Gate, []).Verdict);
        var words = new PromotionGate(new GateOptions { Metric = GateMetric.WordErrorRate });
        Assert.Equal("worse",
            words.Judge(candidate, champion, new GateSets(Gate, [], new TextPolicy()), TestContext.Current.CancellationToken).Verdict);
    }

    [Theory]
    [InlineData("One, two.", LetterCase.Lower, Punctuation.Drop, 0)]
    [InlineData("ONE TWO", LetterCase.Lower, Punctuation.Drop, 0)]
    [InlineData("One two", LetterCase.Keep, Punctuation.Drop, 1)]
    public void A_recognizer_of_another_text_policy_is_scored_under_that_of_the_labels(
        string heard, LetterCase letterCase, Punctuation punctuation, long errors)
    {
        var scored = HeldOutScorer.Transcripts((_, _) => [new Transcription(heard, [], 0.9)], TextReading.Words,
            [HeardTexts.Said("one two", 1)], new TextPolicy(letterCase, punctuation), TestContext.Current.CancellationToken);
        Assert.Equal(errors, scored.Single().Characters.Errors);
    }

    static LabelledUtterance Said(int i) => HeardTexts.Said(Numbers[i % 10], i);

    /// <summary>Understands all recordings but so many of every 20, of which it hears nothing.</summary>
    static GateSubject Hears(int wrong) =>
        HeardTexts.Hearing(Gate.Concat(Hidden).Select((r, i) => (r, i * 7 % 20 < wrong ? "" : r.Text)));

    static GateReport Judge(GateSubject candidate, GateSubject? champion) => Judge(candidate, champion, Gate, Hidden);

    static GateReport Judge(
        GateSubject candidate, GateSubject? champion, IReadOnlyList<LabelledUtterance> gate, IReadOnlyList<LabelledUtterance> hidden) =>
        new PromotionGate(new GateOptions()).Judge(
            candidate, champion, new GateSets(gate, hidden, new TextPolicy()), TestContext.Current.CancellationToken);
}
