using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>What chance does at the gate, and what small gates find.</summary>
public sealed class ChanceTests
{
    const int Pairs = 200;
    static readonly PromotionGate Gate = new(new GateOptions());

    /// <summary>The A/A test: two recognizers of one quality, their outputs swapped recording by recording.</summary>
    [Theory]
    [InlineData(14, 6, 0.6)]
    [InlineData(54, 26, 0.3)]
    [InlineData(120, 60, 0.15)]
    public void At_most_one_in_twenty_pairs_that_differ_by_chance_alone_is_called_better(int gate, int hidden, double characterError)
    {
        var table = new SyntheticTable(gate + hidden, seed: 1);
        var (one, other, random) = (table.Heard(characterError), table.Heard(characterError), new Random(2));
        var verdicts = Enumerable.Range(0, Pairs).Select(_ =>
        {
            bool[] swap = [.. one.Select(_ => random.Next(2) == 0)];
            return Judge(table, gate, [.. one.Select((t, i) => swap[i] ? other[i] : t)], [.. other.Select((t, i) => swap[i] ? one[i] : t)]);
        }).CountBy(r => r.Verdict).ToDictionary();
        TestContext.Current.TestOutputHelper?.WriteLine($"{gate} + {hidden} recordings: {string.Join(", ", verdicts)}");
        Assert.InRange(verdicts.GetValueOrDefault(GateVerdicts.Better), 0, Pairs / 20);
    }

    /// <summary>What a round or two gain early; twenty labelled recordings have to be enough to see it.</summary>
    [Theory]
    [InlineData(14, 6, 0.7, 0.5, 65)]
    [InlineData(54, 26, 0.5, 0.4, 65)]
    [InlineData(54, 26, 0.3, 0.2, 60)]
    public void Small_gates_find_what_a_round_gains(int gate, int hidden, double former, double now, int percent)
    {
        var verdicts = Enumerable.Range(0, 100).Select(seed =>
        {
            var table = new SyntheticTable(gate + hidden, seed);
            return Judge(table, gate, table.Heard(now), table.Heard(former));
        }).CountBy(r => r.Verdict).ToDictionary();
        TestContext.Current.TestOutputHelper?.WriteLine($"{former} to {now}, {gate} + {hidden}: {string.Join(", ", verdicts)}");
        Assert.InRange(verdicts.GetValueOrDefault(GateVerdicts.Better), percent, 100);
    }

    /// <summary>A recognizer that has learnt what is said, and how long it takes, but does not listen, is never the first.</summary>
    [Theory]
    [InlineData(14)]
    [InlineData(80)]
    public void Texts_of_other_recordings_are_not_above_chance(int recordings)
    {
        var passed = Enumerable.Range(0, Pairs).Count(seed =>
        {
            var table = new SyntheticTable(recordings, seed);
            var texts = table.Recordings.OrderBy(r => r.Text.Length).ToArray();
            var next = texts.Zip(texts.Skip(1).Append(texts[0])).ToDictionary(p => p.First, p => p.Second.Text);
            var report = Gate.Judge(HeardTexts.Hearing(table.Recordings.Select(r => (r, next[r]))), null,
                new GateSets(table.Recordings, [], new TextPolicy()), TestContext.Current.CancellationToken);
            return report.Verdict != GateVerdicts.Broken;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{recordings} recordings: {passed} of {Pairs} pass");
        Assert.InRange(passed, 0, Pairs / 20);
    }

    static GateReport Judge(SyntheticTable table, int gate, string[] candidate, string[] champion) => Gate.Judge(
        HeardTexts.Hearing(table.Recordings.Zip(candidate)), HeardTexts.Hearing(table.Recordings.Zip(champion)),
        new GateSets([.. table.Recordings.Take(gate)], [.. table.Recordings.Skip(gate)], new TextPolicy()),
        TestContext.Current.CancellationToken);
}
