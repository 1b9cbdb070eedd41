using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

public sealed class PromotionGateTests
{
    static readonly GateOptions Options = new();

    [Fact]
    public void The_first_that_makes_sense_is_promoted() => Assert.True(Judge(Score(0.95), null).IsPromoted);

    [Theory]
    [InlineData(0.30, 0.40, "promoted")]
    [InlineData(0.40, 0.40, "promoted")]
    [InlineData(0.41, 0.40, "worse")]
    [InlineData(double.NaN, 0.40, "not_finite")]
    public void A_candidate_must_not_be_worse(double candidate, double champion, string expected) =>
        Assert.Equal(expected, Judge(Score(candidate), Score(champion)).Label);

    [Fact]
    public void A_tolerance_lets_a_little_worse_pass()
    {
        Assert.True(PromotionGate.Judge(Score(0.42), Score(0.40), Options with { Tolerance = 0.03 }).IsPromoted);
        Assert.False(PromotionGate.Judge(Score(0.44), Score(0.40), Options with { Tolerance = 0.03 }).IsPromoted);
    }

    [Fact]
    public void The_metric_is_an_option()
    {
        var (candidate, champion) = (Score(0.2) with { WordErrorRate = 0.9 }, Score(0.3) with { WordErrorRate = 0.8 });
        Assert.True(Judge(candidate, champion).IsPromoted);
        Assert.Equal(Verdict.Worse, PromotionGate.Judge(candidate, champion, Options with { Metric = GateMetric.WordErrorRate }).Verdict);
    }

    [Fact]
    public void A_constant_output_is_refused_even_as_the_first() =>
        Assert.Equal(Verdict.Constant, Judge(Score(0.9) with { IsConstant = true }, null).Verdict);

    [Fact]
    public void A_champion_whose_output_is_not_finite_is_replaced() =>
        Assert.True(Judge(Score(0.9), Score(0.5) with { IsFinite = false }).IsPromoted);

    [Fact]
    public void Verdicts_say_why() => Assert.Equal("character error 0.410, the champion's 0.400", Judge(Score(0.41), Score(0.40)).Why);

    [Fact]
    public void Scoring_counts_errors_over_all_recordings()
    {
        var score = HeldOutScorer.Score((clips, _) => [.. clips.Select(c => Heard(c.Length == 100 ? "one two" : "three"))], TextReading.Words, [Said("one two", 100), Said("tree four", 200)], TestContext.Current.CancellationToken);
        Assert.Equal(2 / 4.0, score.WordErrorRate); // tree/three, four
        Assert.Equal(6 / 16.0, score.CharacterErrorRate); // h, " four"
        Assert.True(score is { IsFinite: true, IsConstant: false });
    }

    [Fact]
    public void Scoring_notices_constant_and_impossible_output()
    {
        Assert.True(HeldOutScorer.Score((clips, _) => [.. clips.Select(_ => Heard(""))], TextReading.Words, [Said("one", 1), Said("two", 1)], TestContext.Current.CancellationToken).IsConstant);
        Assert.False(HeldOutScorer.Score((clips, _) => [.. clips.Select(_ => Heard("one"))], TextReading.Words, [Said("one", 1), Said("one", 1)], TestContext.Current.CancellationToken).IsConstant);
        Assert.False(HeldOutScorer.Score((clips, _) => [.. clips.Select(_ => Heard("one") with { Confidence = double.NaN })], TextReading.Words, [Said("one", 1)], TestContext.Current.CancellationToken).IsFinite);
    }

    static GateVerdict Judge(GateScore candidate, GateScore? champion) => PromotionGate.Judge(candidate, champion, Options);

    static GateScore Score(double characterErrorRate) => new(0.9, characterErrorRate, IsFinite: true, IsConstant: false);

    static LabelledUtterance Said(string text, int samples) => new(text, text, new short[samples]);

    static Transcription Heard(string text) => new(text, [], 0.9);
}
