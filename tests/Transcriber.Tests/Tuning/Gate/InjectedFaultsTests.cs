using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Rounds;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>
/// Faults injected into what a round starts from (goal A4): nothing worse than the champion is served, and what does not listen never is,
/// even where nothing serves yet. The output lists each with its verdicts.
/// </summary>
public sealed class InjectedFaultsTests
{
    const int Updates = 30;
    const int FewUpdates = 3; // thirty make random weights listen: 0.69, chance 0.81 (from scratch is a way to learn, only slower)
    static readonly LabelledUtterance[] Fresh = [.. Tones.Utterances(60, seed: 9)];

    public InjectedFaultsTests() => TorchRuntime.UseThreads(1);

    [Fact]
    public void The_champion_is_the_first()
    {
        Assert.Equal(GateVerdicts.Better, TunedTones.Champion.Judged.Verdict);
        Show("no fault", TunedTones.Champion, TunedTones.Champion.Judged);
    }

    [Theory]
    [InlineData("collapsed encoder: constant features")]
    [InlineData("diverged encoder: weights times 1e4")]
    [InlineData("diverged encoder: weights times 1e30")]
    [InlineData("NaN in the encoder")]
    [InlineData("random weights")]
    public void What_does_not_listen_is_broken_even_as_the_first(string fault)
    {
        using var candidate = TunedTones.Run(Faulty(fault), TunedTones.Labels,
            fault == "random weights" ? FewUpdates : Updates, TunedTones.Subject(TunedTones.Champion));
        var labels = TunedTones.Labels;
        var asFirst = new PromotionGate(new GateOptions()).Judge(
            TunedTones.Subject(candidate), null, new GateSets(labels.HeldOut, labels.HiddenGate, labels.Policy), Ct);
        Show(fault, candidate, asFirst);
        Assert.Equal((GateVerdicts.Broken, GateVerdicts.Broken), (candidate.Judged.Verdict, asFirst.Verdict));
    }

    [Fact]
    public void Labels_of_which_three_in_ten_are_swapped_make_nothing_worse_that_is_served()
    {
        var labels = TunedTones.Labels;
        var swapped = labels.Train.Select((u, i) => i % 10 < 3 ? u with { Text = labels.Train[(i + 10) % labels.Train.Count].Text } : u);
        AssertNothingWorseIsServed("30 % of the labels swapped", labels with { Train = [.. swapped] }, stream: null);
    }

    [Fact]
    public void A_stream_of_which_a_fifth_is_noise_makes_nothing_worse_that_is_served()
    {
        var random = new Random(5);
        var stream = Tones.Utterances(40, seed: 3).Select((u, i) => i % 5 > 0 ? u : u with { Samples = Noise(u.Samples.Length) });
        AssertNothingWorseIsServed("20 % noise in the stream", TunedTones.Labels, [.. stream]);

        short[] Noise(int samples) => [.. Enumerable.Range(0, samples).Select(_ => (short)random.Next(-9000, 9000))];
    }

    static void AssertNothingWorseIsServed(string fault, LabelledSet labels, IReadOnlyList<Utterance>? stream)
    {
        using var candidate = TunedTones.Run(
            TunedTones.Encoder(), labels, Tones.Updates / 2, TunedTones.Subject(TunedTones.Champion), stream);
        var (error, former) = (ErrorOf(candidate), ErrorOf(TunedTones.Champion));
        Show($"{fault} (character error on 60 others {error:0.000}, the champion's {former:0.000})", candidate, candidate.Judged);
        Assert.True(!candidate.Judged.MayServe || error <= former);
    }

    static double ErrorOf(TunedCandidate candidate) =>
        HeldOutScorer.Score(candidate.Outcome.Recognizer.Transcribe, TextReading.Words, Fresh, Ct).CharacterErrorRate;

    static SpeechEncoder Faulty(string fault)
    {
        var encoder = fault == "random weights" ? SpeechEncoder.Create(Tones.SmallEncoder, seed: 77) : TunedTones.Encoder();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in encoder.named_parameters())
        {
            if (fault.Contains("1e4", StringComparison.Ordinal))
                parameter.mul_(1e4f);
            else if (fault.Contains("1e30", StringComparison.Ordinal))
                parameter.mul_(1e30f);
            else if (fault.Contains("collapsed", StringComparison.Ordinal) && name.Contains("feature_projection", StringComparison.Ordinal))
                parameter.zero_(); // every frame is the same, whatever is said
            else if (fault.Contains("NaN", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal))
            {
                parameter.view(-1)[0] = float.NaN;
                break;
            }
        }
        return encoder;
    }

    static void Show(string fault, TunedCandidate candidate, GateReport asFirst) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{fault}: {candidate.Judged.Verdict} ({candidate.Judged.Why}); as the first: {asFirst.Verdict} ({asFirst.Why})");

    static CancellationToken Ct => TestContext.Current.CancellationToken;
}
