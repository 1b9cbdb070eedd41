using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

public sealed class LineScheduleTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelRegistry registry;
    readonly WriterEpoch epoch;
    readonly LabelledSet[] sets = [.. ((string[])["ssl", "german", "polish"]).Select(line => Set(line, seconds: 60))];

    public LineScheduleTests()
    {
        registry = new(new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        epoch = registry.AcquireEpoch("transcriber");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_line_is_tuned_once_with_an_encoder_a_new_one_first()
    {
        Publish("ssl", encoder: 1, champion: 0.5, candidate: 0.4);
        var schedule = new LineSchedule(registry);
        Assert.Equal(["german", "polish"], Lines(schedule, encoder: 1, rounds: 5)); // ssl was tuned with it before the restart
        Assert.Empty(Lines(schedule, encoder: 1, rounds: 5));
        Assert.Empty(Lines(schedule, encoder: 0, rounds: 1)); // there is none
    }

    [Fact]
    public void The_line_whose_error_fell_most_is_next_and_none_waits_for_more_than_three_rounds()
    {
        var falls = new Dictionary<string, double> { ["ssl"] = 0.01, ["german"] = 0.2, ["polish"] = 0.1 };
        var schedule = new LineSchedule(registry);
        var order = new List<string>();
        for (var encoder = 1; encoder <= 20; encoder++) // each with time for one round
        {
            var line = schedule.Next(encoder, sets)!;
            order.Add(line.Line);
            Publish(line.Line, encoder, champion: 0.5, candidate: 0.5 - falls[line.Line]);
            schedule.Done(line, encoder, sets);
        }
        foreach (var line in falls.Keys)
        {
            var turns = order.Index().Where(o => o.Item == line).Select(o => o.Index).ToArray();
            // two may be overdue at once
            Assert.All(turns.Zip(turns.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, LineSchedule.MaxWait + 2));
        }
        Assert.True(order.Count(o => o == "german") > order.Count(o => o == "ssl"));
    }

    [Fact]
    public void A_line_without_usable_labels_waits_for_nobody_and_one_with_many_more_labels_is_tuned_again()
    {
        LabelledSet[] now = [sets[0], sets[1] with { Unusable = "there are no labels" }, sets[2] with { Unusable = "there are no labels" }];
        var schedule = new LineSchedule(registry);
        Assert.Equal("ssl", schedule.Next(1, now)!.Line);
        schedule.Done(now[0], 1, now);
        Assert.Null(schedule.Next(1, now));
        Assert.Null(schedule.Next(1, [Set("ssl", seconds: 70), .. now[1..]]));
        Assert.Equal("ssl", schedule.Next(1, [Set("ssl", seconds: 80), .. now[1..]])!.Line);
        Assert.Equal("german", schedule.Next(1, sets)!.Line); // it has labels at last
    }

    [Theory]
    [InlineData(GateVerdicts.Broken, false, 5)]
    [InlineData(GateVerdicts.Broken, true, 1)] // the champion serves on
    [InlineData(GateVerdicts.Better, false, 1)]
    public void While_nothing_serves_rounds_that_ended_too_early_go_on_with_the_same_encoder(string verdict, bool serves, int rounds)
    {
        if (serves)
        {
            Publish("ssl", encoder: 1, champion: 0.5, candidate: 0.4);
            registry.MoveAlias(ModelId.Champion, 1, epoch, "test");
        }
        var schedule = new LineSchedule(registry);
        var ran = 0;
        for (; ran < 20 && schedule.Next(2, sets[..1]) is { } set; ran++)
        {
            Publish("ssl", encoder: 2, champion: 0.5, candidate: 0.9, verdict);
            schedule.Done(set, 2, sets[..1]);
        }
        Assert.Equal(rounds, ran);
    }

    List<string> Lines(LineSchedule schedule, int encoder, int rounds)
    {
        var lines = new List<string>();
        for (var round = 0; round < rounds && schedule.Next(encoder, sets) is { } set; round++)
        {
            lines.Add(set.Line);
            Publish(set.Line, encoder, champion: 0.5, candidate: 0.4);
            schedule.Done(set, encoder, sets);
        }
        return lines;
    }

    void Publish(string line, int encoder, double champion, double candidate, string verdict = GateVerdicts.Equal) =>
        registry.Publish(ModelKind.Recognizer, new ManifestDraft
        {
            Line = line == ModelId.DefaultLine ? null : line,
            EncoderNumber = encoder,
            Gate = new GateReport { Verdict = verdict, Reasons = [] },
            Scores = new RecognizerScores { ChampionCharacterErrorRate = champion, CharacterErrorRate = candidate },
        }, epoch, path => File.WriteAllText(Path.Combine(path, "config.json"), "{}"));

    static LabelledSet Set(string line, int seconds) =>
        new([new("train", "a", new short[seconds * 16_000])], [new("test", "a", new short[16_000])], [], null) { Line = line };
}
