using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Scoring;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>What chance does at the gate, and what small gates find.</summary>
public sealed class ChanceTests
{
    const int Pairs = 200;
    const int Recordings = 200; // of which a pair is judged on some
    static readonly PromotionGate Gate = new(new GateOptions());

    /// <summary>The A/A test: two recognizers of one quality, their outputs swapped recording by recording.</summary>
    [Theory]
    [InlineData(14, 6, 0.6)]
    [InlineData(54, 26, 0.3)]
    [InlineData(120, 60, 0.15)]
    public void At_most_one_in_twenty_pairs_that_differ_by_chance_alone_is_called_better(int gate, int hidden, double characterError)
    {
        var table = new SyntheticTable(Recordings, seed: 1);
        AssertRarelyBetter(table.Recordings, gate, hidden, table.Heard(characterError), table.Heard(characterError));
    }

    /// <summary>The same of real recognizers: fine-tuned on the same labels with another seed each.</summary>
    [Fact]
    public void At_most_one_in_twenty_pairs_of_recognizers_that_differ_in_their_seed_is_called_better()
    {
        var recordings = Tones.Utterances(Recordings, seed: 9);
        var (one, other) = (Heard(seed: 1), Heard(seed: 2));
        Assert.True(one.Zip(other).Count(t => t.First != t.Second) > recordings.Count / 4); // else there is nothing to swap
        foreach (var (gate, hidden) in new[] { (14, 6), (54, 26), (120, 60) })
            AssertRarelyBetter(recordings, gate, hidden, one, other);

        string[] Heard(int seed)
        {
            using var made = TunedTones.Run(TunedTones.Encoder(), TunedTones.Labels, Tones.Updates / 3, seed: seed);
            var texts = HeldOutScorer.Transcripts(made.Outcome.Recognizer.Transcribe, TextReading.Words, recordings, new TextPolicy(),
                TestContext.Current.CancellationToken).ToDictionary(r => r.Recording, r => r.Text);
            return [.. recordings.Select(r => texts[r])];
        }
    }

    /// <summary>Each pair has recordings of its own, drawn from all, and texts that are swapped in about half of them.</summary>
    /// <param name="one">What a recognizer heard in the recordings.</param>
    static void AssertRarelyBetter(IReadOnlyList<LabelledUtterance> recordings, int gate, int hidden, string[] one, string[] other)
    {
        var random = new Random(2);
        var verdicts = Enumerable.Range(0, Pairs).Select(_ =>
        {
            int[] drawn = [.. Enumerable.Range(0, recordings.Count)];
            random.Shuffle(drawn);
            drawn = drawn[..(gate + hidden)];
            bool[] swap = [.. drawn.Select(_ => random.Next(2) == 0)];
            return Judge([.. drawn.Select(i => recordings[i])], gate, [.. drawn.Zip(swap, (i, swapped) => swapped ? other[i] : one[i])],
                [.. drawn.Zip(swap, (i, swapped) => swapped ? one[i] : other[i])]);
        }).CountBy(r => r.Verdict).ToDictionary();
        TestContext.Current.TestOutputHelper?.WriteLine($"{gate} + {hidden} recordings, character errors {Rate(one):0.000} and "
            + $"{Rate(other):0.000}: {string.Join(", ", verdicts)}");
        Assert.InRange(verdicts.GetValueOrDefault(GateVerdicts.Better), 0, Pairs / 20);

        double Rate(string[] texts) => recordings.Zip(texts, (r, text) => ErrorRate.Characters(r.Text, text))
            .Aggregate(ErrorCounts.None, (sum, errors) => sum + errors).Rate;
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
            return Judge(table.Recordings, gate, table.Heard(now), table.Heard(former));
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

    static GateReport Judge(IReadOnlyList<LabelledUtterance> recordings, int gate, string[] candidate, string[] champion) => Gate.Judge(
        HeardTexts.Hearing(recordings.Zip(candidate)), HeardTexts.Hearing(recordings.Zip(champion)),
        new GateSets([.. recordings.Take(gate)], [.. recordings.Skip(gate)], new TextPolicy()), TestContext.Current.CancellationToken);
}
