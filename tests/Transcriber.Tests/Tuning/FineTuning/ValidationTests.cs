using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class ValidationTests
{
    static readonly IReadOnlyList<LabelledUtterance> Held = Tones.Utterances(10, seed: 3);

    [Fact]
    public void A_fine_tuning_ends_where_the_validation_loss_no_longer_falls_with_the_weights_of_its_lowest()
    {
        var losses = new List<double>();
        var outcome = Tune(Held, new RoundRecipe { ValidationUpdates = 10, Patience = 0.1, MinFall = 0.1 }, losses.Add);
        using var recognizer = outcome.Recognizer;
        Assert.Equal(FineTuningEnd.Settled, outcome.Ended);
        Assert.InRange(outcome.Updates, Tones.Updates / 10, 2 * Tones.Updates - 1);
        Assert.Equal(losses.Where(double.IsFinite).Append(outcome.ValidationLoss).Min(), outcome.ValidationLoss);
        recognizer.Model.eval();
        Assert.Equal(outcome.ValidationLoss,
            HeldOutLoss.Of(recognizer.Model, recognizer.Vocabulary, Held, TestContext.Current.CancellationToken), 1e-6);
    }

    [Fact]
    public void Without_recordings_for_validation_all_updates_are_done()
    {
        var outcome = Tune([], new RoundRecipe { ValidationUpdates = 1, Patience = 0.01 }, updates: 30);
        outcome.Recognizer.Dispose();
        Assert.Equal((30, FineTuningEnd.Planned), (outcome.Updates, outcome.Ended));
        Assert.Equal(double.PositiveInfinity, outcome.ValidationLoss);
    }

    [Fact]
    public void A_head_that_still_writes_blanks_is_given_all_updates()
    {
        var rules = new RoundRecipe { ValidationUpdates = 1, Patience = 0.01, MinFall = 0.9 };
        var outcome = Tune(Held, rules, updates: 30, wordsBelowLoss: 0.1);
        outcome.Recognizer.Dispose();
        Assert.Equal(30, outcome.Updates);
    }

    [Theory]
    [InlineData(30, 0)] // three labels a digit
    [InlineData(999, 0)]
    [InlineData(1_000, 33)] // a minute, of recordings of 1.8 s
    [InlineData(2_000, 33)]
    public void A_twentieth_is_held_out_a_minute_at_most_and_nothing_of_a_small_set(int labels, int held)
    {
        LabelledUtterance[] all = [.. Enumerable.Range(0, labels).Select(i => new LabelledUtterance($"{i}", "a", new short[28_800]))];
        var (train, validation) = ValidationPart.Of(all, new RoundRecipe());
        Assert.Equal(held, validation.Count);
        Assert.Equal(all, train.Concat(validation).OrderBy(u => int.Parse(u.Id)));
        Assert.Equal(validation.Select(u => u.Id).Order(),
            ValidationPart.Of([.. all.Reverse()], new RoundRecipe()).Validation.Select(u => u.Id).Order());
        Assert.Empty(ValidationPart.Of(all, rules: null).Validation);
    }

    static FineTuningOutcome Tune(
        IReadOnlyList<LabelledUtterance> held, RoundRecipe rules, Action<double>? onValidation = null, int updates = 2 * Tones.Updates,
        double wordsBelowLoss = 2)
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var train = new TrainingSet(Tones.Utterances(60, seed: 1)) { Validation = held };
        var recipe = Tones.Recipe with { WordsBelowLoss = wordsBelowLoss };
        return new FineTuner(recipe, new DecodingRecipe(), seed: 0, TimeProvider.System).Run(encoder, former: null, train,
            new FineTuningBudget(TimeSpan.FromHours(1), updates) { Rules = rules }, now => onValidation?.Invoke(now.ValidationLoss),
            checkpoints: null, TestContext.Current.CancellationToken);
    }
}
