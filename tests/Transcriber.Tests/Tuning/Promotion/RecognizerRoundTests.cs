using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

public sealed class RecognizerRoundTests : IDisposable
{
    readonly TestRegistry test = new();
    readonly WriterEpoch epoch;

    public RecognizerRoundTests()
    {
        TorchRuntime.UseThreads(1);
        epoch = test.Registry.AcquireEpoch("transcriber");
    }

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_candidate_is_published_with_its_scores_whatever_the_verdict()
    {
        var encoder = test.PublishEncoder();
        Assert.True(Run(encoder));
        var manifest = Assert.Single(test.Registry.List(ModelKind.Recognizer));
        Assert.Equal(encoder, manifest.EncoderNumber);
        Assert.Equal(60, manifest.AudioSecondsTrained);
        Assert.Equal(manifest.Gate!.Health, manifest.Health);
        Assert.StartsWith("refused: broken: ", manifest.Health, StringComparison.Ordinal); // after two updates
        Assert.Equal(6, manifest.RecognizerScores!.HeldOutRecordings);
        Assert.InRange(manifest.RecognizerScores!.CharacterErrorRate, 0.1, 10);
        Assert.Equal(Tones.Recipe.Name, (string?)manifest.Recipes!["fine_tuning"]["name"]);
        Assert.Empty(test.Registry.Aliases()); // it is no candidate either: requests may ask for that
    }

    [Fact]
    public void A_worse_candidate_is_kept_but_does_not_serve()
    {
        test.Champion = new FakeModel(7).Loaded; // hears "version 7": wrong, but not constant silence
        Assert.True(Run(test.PublishEncoder()));
        var manifest = Assert.Single(test.Registry.List(ModelKind.Recognizer));
        Assert.NotNull(manifest.RecognizerScores!.ChampionCharacterErrorRate);
        Assert.Equal(7, manifest.Parent);
        Assert.False(manifest.MayServe);
        Assert.Equal(0, test.ChampionNumber);
    }

    [Theory]
    [InlineData("nothing", null)]
    [InlineData("promote", "the champion has become 1 since the candidate was judged: an operator's")]
    [InlineData("roll back", "the champion has become 1 since the candidate was judged: an operator's")]
    [InlineData("pin", "recognizer 2 is pinned: an operator's")]
    public void A_candidate_that_passes_is_not_promoted_if_an_operator_moved_or_pinned_the_champion_meanwhile(string act, string? refusal)
    {
        test.Restart(Tones.Recipe with { LearningRate = 1e-6 }); // what it begins with understands
        var encoder = test.PublishEncoder();
        test.PublishChampion(epoch, seed: 5);
        test.PublishTrained(epoch);
        test.Champion = new FakeModel(2).Loaded; // its text is constant: any candidate whose text is not passes
        var (champions, operators) = (new Champion(test.Registry), test.Registry.AcquireEpoch("operator"));
        var acted = false;
        Assert.Equal(RoundResult.Published,
            test.Round.Run(new RoundOrder(encoder, test.Labels), epoch, Act, TestContext.Current.CancellationToken));
        var made = test.Registry.Newest(ModelKind.Recognizer)!;
        var candidate = test.Registry.Aliases()[ModelId.Candidate];
        Assert.StartsWith("passed: the champion is broken", made.Health, StringComparison.Ordinal);
        Assert.Equal(act switch { "nothing" => made.Number, "pin" => 2, _ => 1 }, test.ChampionNumber);
        Assert.Equal(made.Number, candidate.Number);
        Assert.Equal(refusal is null ? made.Health["passed: ".Length..] : $"passed the gate, not promoted: {refusal}", candidate.Why);
        Assert.Equal(candidate.Why, AliasAnnouncer.Announcement(ModelId.Candidate, candidate, made).Why);

        void Act() // by the first sign of life, so after the round has read the aliases
        {
            if (!acted && act == "promote")
                champions.Promote(1, operators, "an operator's");
            else if (!acted && act == "roll back")
                champions.RollBack(operators, "an operator's");
            else if (!acted && act == "pin")
                champions.Pin(2, operators, "an operator's");
            acted = true;
        }
    }

    [Theory]
    [InlineData(true, false, false, 5)]
    [InlineData(true, false, true, 5)]
    [InlineData(true, true, false, 1)]
    [InlineData(false, false, false, 1)]
    [InlineData(false, false, true, 6)]
    public void A_round_starts_from_the_champion_or_else_the_last_candidate_if_the_encoder_descends_from_theirs(bool related, bool gone,
        bool candidate, int begunSeed)
    {
        test.Restart(Tones.Recipe with { LearningRate = 1e-6 }); // what it began with is what it ends with
        var origin = test.PublishEncoder();
        var between = test.PublishEncoder(parent: related ? origin : null);
        var newest = test.PublishEncoder(parent: between);
        test.PublishChampion(epoch, seed: 5);
        if (candidate)
            test.PublishCandidate(epoch, seed: 6, between);
        if (gone)
            Directory.Delete(test.Registry.Open(ModelKind.Encoder, origin, out _)!.Path, recursive: true);
        Assert.True(Run(newest));
        AssertBegunFrom(begunSeed);
    }

    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 5)]
    public void A_round_goes_on_from_a_candidate_that_was_better_by_too_little(bool leads, int begunSeed)
    {
        test.Restart(Tones.Recipe with { LearningRate = 1e-6 });
        var newest = test.PublishEncoder(parent: test.PublishEncoder());
        test.PublishEqual(epoch, seed: 6, champion: test.PublishChampion(epoch, seed: 5), leads);
        Assert.True(Run(newest));
        AssertBegunFrom(begunSeed);
    }

    [Fact]
    public void Pseudo_labels_of_the_champion_are_used_but_not_after_a_refusal()
    {
        Assert.True(Run(test.PublishEncoder()));
        Assert.Equal(0, PseudoLabelSeconds()); // nothing served that could have transcribed
        test.Stream = Tones.Utterances(10, seed: 3);
        test.Champion = new FakeModel(7, byLetters: "abc").Loaded;
        Assert.True(Run(test.PublishEncoder()));
        Assert.InRange(PseudoLabelSeconds(), 0.1, Tones.Utterances(10, seed: 3).Sum(u => u.Samples.Length) / 16_000.0);
        test.PublishRefused(epoch, pseudoLabelSeconds: 3);
        Assert.True(Run(test.PublishEncoder()));
        Assert.Equal(0, PseudoLabelSeconds());
    }

    [Theory]
    [InlineData(0.2, true)] // two batches of 5 s, 8 labelled recordings of about a second
    [InlineData(10, false)]
    public void Pseudo_labels_are_not_used_beside_many_true_labels(double minEpochs, bool used)
    {
        test.Restart(pseudoLabelEpochs: minEpochs);
        Assert.True(Run(test.PublishEncoder()));
        test.Stream = Tones.Utterances(10, seed: 3);
        test.Champion = new FakeModel(7, byLetters: "abc").Loaded;
        Assert.True(Run(test.PublishEncoder()));
        Assert.Equal(used, PseudoLabelSeconds() > 0);
    }

    [Theory]
    [InlineData("abc", false, true)]
    [InlineData("version 7", false, false)] // letters that no label has
    [InlineData("abc", true, false)] // the stream has nothing but recordings that are labelled or held out
    public void Pseudo_labels_are_given_in_known_letters_to_recordings_that_have_no_label(string heard, bool labelled, bool used)
    {
        Assert.True(Run(test.PublishEncoder()));
        test.Stream = labelled ? [.. test.Labels.Train, .. test.Labels.HeldOut] : Tones.Utterances(10, seed: 3);
        test.Champion = new FakeModel(7, byLetters: heard).Loaded;
        Assert.True(Run(test.PublishEncoder()));
        Assert.Equal(used, PseudoLabelSeconds() > 0);
    }

    [Fact]
    public void After_a_divergence_with_pseudo_labels_the_next_round_uses_none()
    {
        Assert.True(Run(test.PublishEncoder()));
        test.Stream = Tones.Utterances(10, seed: 3);
        test.Champion = new FakeModel(7, byLetters: "abc").Loaded;
        Assert.False(Run(Poisoned()));
        Assert.True(Run(test.PublishEncoder()));
        Assert.Equal(0, PseudoLabelSeconds());
    }

    [Fact]
    public void A_diverged_recognizer_never_reaches_the_registry()
    {
        test.Restart(Tones.Recipe with { LearningRate = 1, GradientNorm = 1000, HeadOnlyShare = 0, WarmUpShare = 0 });
        var encoder = Poisoned();
        Assert.False(Run(encoder));
        Assert.Empty(test.Registry.List(ModelKind.Recognizer));
        Assert.Equal(0, test.ChampionNumber);
    }

    [Fact]
    public void An_encoder_that_is_not_there_is_skipped()
    {
        Assert.False(Run(99));
        Assert.Empty(test.Registry.List(ModelKind.Recognizer));
    }

    [Fact]
    public void A_Transcriber_whose_turn_is_over_publishes_nothing()
    {
        test.Registry.AcquireEpoch("transcriber");
        Assert.Throws<StaleEpochException>(() => Run(test.PublishEncoder()));
        Assert.Empty(test.Registry.List(ModelKind.Recognizer));
        Assert.Empty(test.Registry.Aliases());
    }

    /// <summary>An encoder whose weights are finite, but whose outputs are not.</summary>
    int Poisoned()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, 1);
        using (TorchSharp.torch.no_grad())
        {
            foreach (var parameter in encoder.parameters())
                parameter.mul_(1e30f);
        }
        return test.Registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = "healthy" }, test.Learner, f =>
            ModelFolder.SaveEncoder(f, encoder)).Number;
    }

    void AssertBegunFrom(int seed)
    {
        var made = test.Registry.List(ModelKind.Recognizer)[^1];
        using var recognizer = ModelFolder.LoadRecognizer(test.Registry.Open(ModelKind.Recognizer, made.Number, out _)!.Path);
        using var begun = SpeechEncoder.Create(Tones.SmallEncoder, seed);
        Assert.All(recognizer.Model.Encoder.parameters().Zip(begun.parameters()), p =>
            Assert.True(p.First.allclose(p.Second, rtol: 0, atol: 1e-4)));
    }

    double PseudoLabelSeconds() => test.Registry.Newest(ModelKind.Recognizer)!.RecognizerScores!.PseudoLabelSeconds;

    bool Run(int encoder) => RoundResult.Published
        == test.Round.Run(new RoundOrder(encoder, test.Labels), epoch, () => { }, TestContext.Current.CancellationToken);
}
