using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

/// <summary>Recognizer 1 is the champion; another passed the gate, where 10 % of its words are wrong and 20 % of the champion's.</summary>
public sealed class ShadowTrialTests : IDisposable
{
    const int Min = 20;
    static readonly GateOptions Long = new() { MaxShadowWait = TimeSpan.FromHours(1), MinShadowRecordings = Min };
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // of a trial that does not end
    static readonly GateOptions Short = Long with { MaxShadowWait = TimeSpan.FromMilliseconds(1) };

    readonly TestRegistry test = new() { Shadowed = true, Gate = Long };
    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    readonly ShadowRecords records;
    WriterEpoch epoch;

    public ShadowTrialTests()
    {
        TorchRuntime.UseThreads(1);
        test.Restart();
        records = new ShadowRecords(test.Registry);
        epoch = test.Registry.AcquireEpoch("transcriber");
        test.PublishChampion(epoch);
        limit.CancelAfter(Limit);
    }

    CancellationToken Ct => limit.Token;

    public void Dispose()
    {
        test.Dispose();
        limit.Dispose();
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(59, 4, true)] // of 100 words and 20 recordings
    [InlineData(61, 0, false)] // 0.1 + 0.2 + MaxDisagreement
    [InlineData(20, 5, false)]
    public void A_candidate_is_promoted_or_held_as_soon_as_enough_live_recordings_were_compared(int errors, int empty, bool promoted)
    {
        var candidate = Publish();
        records.Add(candidate.Number, Record(Min, errors, empty));
        Assert.Equal(promoted, TryPromote(candidate, out var reason));
        var aliases = test.Registry.Aliases();
        var found = "in the champion's shadow, on 20 live recordings with words: word error between the two "
            + $"0.{errors:00}0 (0.600 allowed), {empty} of its texts empty";
        Assert.Equal(promoted ? candidate.Number : 1, aliases[ModelId.Champion].Number);
        if (promoted)
            Assert.Equal($"fewer errors; {found}", aliases[ModelId.Champion].Why);
        else
        {
            Assert.Equal(($"held: {found}", $"held: {found}", $"held: {found}"),
                (reason, aliases[ModelId.Candidate].Why, aliases[ModelId.WithdrawnKey(candidate.Number)].Why));
            Assert.False(new Champion(test.Registry).TryPromote(candidate.Number, 1, aliases, epoch, "again", out _));
            Assert.Null(new Champion(test.Registry).Promote(candidate.Number, test.Registry.AcquireEpoch("operator"), "I have listened"));
            Assert.DoesNotContain(ModelId.WithdrawnKey(candidate.Number), test.Registry.Aliases().Keys);
        }
    }

    [Fact]
    public void The_texts_of_all_replicas_count_and_those_without_words_or_beside_another_champion_do_not()
    {
        var candidate = Publish();
        var looks = 0;
        Assert.False(TryPromote(candidate, out var reason, beat: () =>
        {
            records.Add(candidate.Number, ++looks switch
            {
                1 => Record(Min, errors: 0, empty: 0) with { Champion = 7 },
                2 => Record(Min - 1, errors: 95, empty: 0) with { Requests = 2 * Min },
                _ => Record(1, errors: 5, empty: 0), // of another replica
            });
        }));
        Assert.Equal(3, looks);
        Assert.StartsWith("held: in the champion's shadow, on 20 live recordings", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_recordings_within_the_time_hold_nothing()
    {
        Restart(Short);
        var candidate = Publish();
        records.Add(candidate.Number, Record(Min - 1, errors: 95, empty: Min - 1));
        Assert.True(TryPromote(candidate, out _));
        Assert.Equal("fewer errors; in the champion's shadow only 19 live recordings with words, too few to judge by",
            test.Registry.Aliases()[ModelId.Champion].Why);
    }

    [Theory]
    [InlineData("no server compares")]
    [InlineData("no wait")]
    [InlineData("the first")]
    [InlineData("another line")]
    [InlineData("a broken champion")]
    public void What_cannot_be_compared_is_promoted_at_once(string why)
    {
        test.Shadowed = why != "no server compares";
        Restart(why == "no wait" ? Long with { MaxShadowWait = TimeSpan.Zero } : Long);
        var candidate = Publish(
            compared: why == "the first" ? null : 1, line: why == "another line" ? "german" : null, broken: why == "a broken champion");
        records.Add(candidate.Number, Record(Min, errors: 99, empty: Min));
        Assert.True(TryPromote(candidate, out _, beat: () => Assert.Fail("it looked at the shadow")));
        Assert.Equal("fewer errors", test.Registry.Aliases()[why == "another line" ? "german/champion" : ModelId.Champion].Why);
    }

    [Theory]
    [InlineData("nothing", 3)]
    [InlineData("it is bad", 1)]
    [InlineData("an operator promotes it", 3)]
    [InlineData("an operator promotes it and rolls back", 1)]
    [InlineData("an operator promotes another", 2)]
    public void A_trial_that_a_tuner_left_is_ended_by_the_next(string meanwhile, int champion)
    {
        test.PublishJudged(epoch, seed: 4, compared: 1, Judged()); // 2
        var candidate = Publish();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Assert.ThrowsAny<OperationCanceledException>(() => TryPromote(candidate, out _, ending.Cancel, ending.Token));
        Assert.False(Ct.IsCancellationRequested, "it was not ended by its first look");
        Assert.StartsWith("passed the gate, and waits", test.Registry.Aliases()[ModelId.Candidate].Why, StringComparison.Ordinal);
        var (line, operators) = (new Champion(test.Registry), test.Registry.AcquireEpoch("operator"));
        if (meanwhile.StartsWith("an operator", StringComparison.Ordinal))
            line.Promote(meanwhile.EndsWith("another", StringComparison.Ordinal) ? 2 : candidate.Number, operators, "an operator's");
        if (meanwhile.EndsWith("rolls back", StringComparison.Ordinal))
            line.RollBack(operators, "an operator's");
        records.Add(candidate.Number, Record(Min, errors: meanwhile == "it is bad" ? 90 : 10, empty: 0));
        Restart(Long);
        test.Round.EndTrial(epoch, () => { }, Ct);
        Assert.Equal(champion, test.ChampionNumber);
        test.Round.EndTrial(epoch, () => Assert.Fail("it goes on"), Ct);
    }

    [Theory]
    [InlineData("promotes another", false, 2)]
    [InlineData("pins the champion", false, 1)]
    [InlineData("promotes it", true, 3)]
    public void An_operator_ends_a_trial(string act, bool promoted, int champion)
    {
        test.PublishJudged(epoch, seed: 4, compared: 1, Judged()); // 2
        var candidate = Publish();
        var (line, operators) = (new Champion(test.Registry), test.Registry.AcquireEpoch("operator"));
        var acted = false;
        Assert.Equal(promoted, TryPromote(candidate, out var reason, beat: () =>
        {
            if (!acted && act == "pins the champion")
                line.Pin(1, operators, "an operator's");
            else if (!acted)
                line.Promote(act == "promotes it" ? candidate.Number : 2, operators, "an operator's");
            acted = true;
        }));
        Assert.Equal(champion, test.ChampionNumber);
        if (!promoted)
            Assert.EndsWith(": an operator's", reason, StringComparison.Ordinal);
    }

    ModelManifest Publish(int? compared = 1, string? line = null, bool broken = false)
    {
        var manifest = test.PublishJudged(epoch, seed: 3, compared, Judged() with { ReplacesBroken = broken }, line);
        test.Registry.MoveAlias(ModelId.KeyOf(line ?? ModelId.DefaultLine, ModelId.Candidate), manifest.Number, epoch, "fewer errors");
        return manifest;
    }

    static GateReport Judged() => new()
    {
        Verdict = GateVerdicts.Better,
        Reasons = ["fewer errors"],
        Sets =
        [
            new() { Name = GateFigures.Gate, Recordings = 9, CharacterErrorRate = 0, WordErrorRate = 0.1, ChampionWordErrorRate = 0.2 },
        ],
    };

    /// <summary>Of recordings with words, 100 in all of them.</summary>
    static ShadowRecord Record(int spoken, int errors, int empty) => new()
    {
        Champion = 1,
        Requests = spoken,
        Spoken = spoken,
        Empty = empty,
        AudioSeconds = spoken,
        Words = 5 * spoken,
        Errors = errors,
        Updated = DateTimeOffset.UnixEpoch,
    };

    void Restart(GateOptions gate)
    {
        test.Gate = gate;
        test.Restart();
        epoch = test.Registry.AcquireEpoch("transcriber");
    }

    bool TryPromote(ModelManifest candidate, out string reason, Action? beat = null, CancellationToken? term = null) =>
        test.Publisher.TryPromote(candidate, test.Registry.Aliases(), epoch, beat ?? (() => { }), out reason, term ?? Ct);
}
