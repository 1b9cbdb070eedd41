using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Serving.Watching;
using Ssl.Transcriber.Tests.Tuning.Promotion;

namespace Ssl.Transcriber.Tests.Serving.Watching;

public sealed class AnswerWatchTests : IDisposable
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    readonly TestRegistry test = new();
    readonly WriterEpoch epoch;
    readonly FakeTimeProvider clock = new();
    readonly AnswerLog answers;
    readonly AnswerWatch watch;

    public AnswerWatchTests()
    {
        epoch = test.Registry.AcquireEpoch("transcriber");
        answers = new AnswerLog(clock);
        watch = NewWatch(TimeSpan.FromHours(1));
        test.PublishChampion(epoch, seed: 1);
        test.Swap.Follow();
        watch.Look();
        Answer(100, "good words");
    }

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_champion_with_bad_answers_is_withdrawn_within_a_minute_and_the_former_one_serves_again()
    {
        var bad = Promote();
        var took = TimeSpan.Zero;
        for (; test.Serving == bad && took < TimeSpan.FromMinutes(1); took += Look)
            Pass(answersNow: 3, "");
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalSeconds} s after the promotion, with 3 answers in 5 s");
        Assert.Equal((1, 1), (test.Serving, test.ChampionNumber));
        var aliases = test.Registry.Aliases();
        Assert.Equal(("watch", "recognizer 2 was withdrawn: 100 % of the texts are empty, 0 % of the former version's"),
            (aliases[ModelId.Champion].Who, aliases[ModelId.Champion].Why));
        Assert.Equal(bad, aliases[ModelId.WithdrawnKey(bad)].Number);
        for (var look = 0; look < 20; look++) // it is not watched against the one that was withdrawn
            Pass(answersNow: 3, "good words");
        Assert.Equal(1, test.ChampionNumber);
    }

    [Fact]
    public void A_champion_with_like_answers_stays()
    {
        var good = Promote();
        for (var look = 0; look < 100; look++)
            Pass(answersNow: 3, look % 10 == 0 ? "" : "other words");
        Assert.Equal((good, good), (test.Serving, test.ChampionNumber));
    }

    [Fact]
    public void After_its_period_nothing_is_watched()
    {
        var bad = Promote();
        watch.Look();
        clock.Advance(TimeSpan.FromHours(1));
        for (var look = 0; look < 20; look++)
            Pass(answersNow: 3, "");
        Assert.Equal(bad, test.Serving);
    }

    [Fact]
    public void A_pinned_champion_stays()
    {
        var bad = Promote();
        new Champion(test.Registry).Pin(bad, epoch, "an operator's");
        for (var look = 0; look < 20; look++)
            Pass(answersNow: 3, "");
        Assert.Equal((bad, bad), (test.Serving, test.ChampionNumber));
    }

    [Fact]
    public void An_operator_who_rolls_back_is_not_contradicted()
    {
        Promote();
        for (var look = 0; look < 20; look++)
            Pass(answersNow: 3, "good words");
        new Champion(test.Registry).RollBack(epoch, "an operator's");
        test.Swap.Follow();
        for (var look = 0; look < 20; look++)
            Pass(answersNow: 3, "");
        Assert.Equal((1, 1), (test.Serving, test.ChampionNumber));
    }

    [Fact]
    public void Of_two_replicas_one_withdraws()
    {
        var other = NewWatch(TimeSpan.FromHours(1));
        other.Look(); // the first champion serves
        var bad = Promote();
        for (var look = 0; look < 20; look++)
        {
            Pass(answersNow: 3, "", bad);
            other.Look();
        }
        Assert.Equal(1, test.ChampionNumber);
        Assert.DoesNotContain(ModelId.Previous, test.Registry.Aliases().Keys);
    }

    int Promote()
    {
        var number = test.PublishChampion(epoch, seed: 2);
        test.Swap.Follow();
        return number;
    }

    /// <summary>Five seconds.</summary>
    void Pass(int answersNow, string text, int? version = null)
    {
        Answer(answersNow, text, version);
        clock.Advance(Look);
        watch.Look();
    }

    void Answer(int count, string text, int? version = null)
    {
        for (var i = 0; i < count; i++)
            answers.Answered(version ?? test.Serving, new Transcription(text, [], 0.9), 2, TimeSpan.FromMilliseconds(20));
    }

    AnswerWatch NewWatch(TimeSpan period) =>
        new(answers, test.Slots, test.Swap, test.Registry, new WatchOptions { Period = period }, clock, NullLogger<AnswerWatch>.Instance);
}
