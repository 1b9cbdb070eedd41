using System.Diagnostics;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using TorchSharp;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class FineTunerTests(ITestOutputHelper output)
{
    [Fact]
    public void Learns_to_spell_tones()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var started = Stopwatch.GetTimestamp();
        var outcome = new FineTuner(Tones.Recipe, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(60), new FineTuningBudget(TimeSpan.FromMinutes(5), Tones.Updates), null, TestContext.Current.CancellationToken);
        using var recognizer = outcome.Recognizer;
        var score = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, Tones.Utterances(20, seed: 2), TestContext.Current.CancellationToken);
        output.WriteLine($"{outcome.Updates} updates, {outcome.AudioSeconds:0} s of audio, loss {outcome.Loss:0.000}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; CER {score.CharacterErrorRate:0.000}, WER {score.WordErrorRate:0.000}");
        Assert.True(score.IsFinite);
        Assert.InRange(score.CharacterErrorRate, 0, 0.3);
    }

    [Fact]
    public void Goes_on_where_a_former_recognizer_ended()
    {
        TorchRuntime.UseThreads(1);
        var (ct, recipe) = (TestContext.Current.CancellationToken, Tones.Recipe with { ResetLayers = 1, LearningRate = 2.8e-4, Seed = 7 });
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var train = Tones.Utterances(60, seed: 1);
        using var taught = new FineTuner(Tones.Recipe, new DecodingRecipe(), TimeProvider.System).Run(encoder, former: null, new TrainingSet(train), new FineTuningBudget(TimeSpan.FromMinutes(5), Tones.Updates), null, ct).Recognizer;
        var former = new FormerRecognizer(taught, encoder);
        using TorchSharp.Scalar step = 1e-3;
        using var heardMore = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using (torch.no_grad())
        {
            foreach (var parameter in heardMore.parameters())
                parameter.add_(torch.randn_like(parameter), step);
        }
        double Error(FineTuningOptions options, string otherLetter)
        {
            IReadOnlyList<LabelledUtterance> labels = [.. train.Select(u => u with { Text = u.Text.Replace("f", otherLetter, StringComparison.Ordinal) })];
            using var recognizer = new FineTuner(options, new DecodingRecipe(), TimeProvider.System).Run(heardMore, former, new TrainingSet(labels), new FineTuningBudget(TimeSpan.FromMinutes(5), 3), null, ct).Recognizer;
            return HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, Tones.Utterances(20, seed: 2), ct).CharacterErrorRate;
        }
        Assert.InRange(Error(recipe, "f"), 0, 0.3);
        Assert.InRange(Error(recipe with { WarmStart = false }, "f"), 0.6, 10);
        Assert.InRange(Error(recipe, "x"), 0.6, 10); // spells with other letters: its head does not fit
    }

    [Fact]
    public void An_update_of_a_quarter_of_the_audio_moves_the_weights_half_as_far()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        double Moved(double audioSeconds)
        {
            var recipe = Tones.Recipe with { BatchAudioSeconds = audioSeconds, WarmUpShare = 0, HeadOnlyShare = 0, WeightDecay = 0 };
            using var recognizer = new FineTuner(recipe, new DecodingRecipe(), TimeProvider.System)
                .Run(encoder, former: null, Tones.Labels(60), new FineTuningBudget(TimeSpan.FromMinutes(5), 1), null, TestContext.Current.CancellationToken).Recognizer;
            using var scope = torch.NewDisposeScope();
            return encoder.parameters().Zip(recognizer.Model.Encoder.parameters(), (before, after) => (after - before).abs().max().item<float>()).Max(); // Adam's first step is the rate
        }
        Assert.Equal(Tones.Recipe.LearningRate, Moved(40), 1e-4);
        Assert.Equal(Tones.Recipe.LearningRate / 2, Moved(10), 1e-4);
    }

    [Fact]
    public void The_middle_layer_learns_to_spell_too()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var (ct, train) = (TestContext.Current.CancellationToken, Tones.Utterances(60, seed: 1));
        double MiddleLoss(double share)
        {
            using var recognizer = new FineTuner(Tones.Recipe with { MiddleLossShare = share }, new DecodingRecipe(), TimeProvider.System)
                .Run(encoder, former: null, new TrainingSet(train), new FineTuningBudget(TimeSpan.FromMinutes(5), Tones.Updates / 2), null, ct).Recognizer;
            using var guard = torch.inference_mode();
            using var scope = torch.NewDisposeScope();
            var batch = recognizer.Features.Batch([.. train.Take(8).Select(u => u.Samples)], torch.CPU);
            var hidden = new List<torch.Tensor>();
            recognizer.Model.Logits(batch, hiddenStates: hidden);
            IReadOnlyList<int[]> labels = [.. train.Take(8).Select(u => recognizer.Vocabulary.Encode(u.Text))];
            return CtcModel.Loss(recognizer.Model.Logits(hidden[1]), batch.FrameCounts, labels).item<float>() / labels.Sum(l => l.Length);
        }
        Assert.True(MiddleLoss(0.5) < MiddleLoss(0) / 2, $"{MiddleLoss(0.5)} against {MiddleLoss(0)}");
    }

    static readonly FineTuningOptions Spliced = Tones.Recipe with { SpliceAfterHearings = 0, WordsBelowLoss = 100 };

    static readonly Wav2Vec2Config Waveform = new()
    {
        HiddenSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        IntermediateSize = 32,
        ConvKernel = [10, 8, 4],
        ConvStride = [5, 8, 8],
        ConvDim = [16, 16, 16],
    };

    [Fact]
    public void A_waveform_encoder_learns_too()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform, seed: 1);
        var losses = new List<double>();
        using var recognizer = new FineTuner(Spliced, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(16), new FineTuningBudget(TimeSpan.FromMinutes(5), 60), losses.Add, TestContext.Current.CancellationToken).Recognizer;
        Assert.True(losses.TakeLast(5).Average() < losses.Take(5).Average() / 1.2, $"{losses.Take(5).Average()} to {losses.TakeLast(5).Average()}");
        Assert.Equal(2, recognizer.Transcribe([.. Tones.Utterances(2, seed: 2).Select(u => u.Samples)]).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_convolutions_on_the_waveform_stay_as_they_were_pretrained_where_that_is_asked(bool frozen)
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform, seed: 1);
        using var recognizer = new FineTuner(Tones.Recipe with { FreezeFeatureEncoder = frozen, HeadOnlyShare = 0 }, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(4), new FineTuningBudget(TimeSpan.FromMinutes(5), 2), null, TestContext.Current.CancellationToken).Recognizer;
        var tuned = recognizer.Model.Encoder;
        Assert.Equal(frozen, tuned.FeatureEncoderParameters().Zip(encoder.FeatureEncoderParameters()).All(p => p.First.equal(p.Second).all().item<bool>()));
        Assert.False(tuned.TopLayerParameters(1).Zip(encoder.TopLayerParameters(1)).All(p => p.First.equal(p.Second).all().item<bool>()));
    }

    [Fact]
    public void A_layer_that_does_not_end_in_a_norm_is_not_asked()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform with { FeatExtractNorm = FeatureNorm.Layer, DoStableLayerNorm = true }, seed: 1);
        double Loss(double share)
        {
            var outcome = new FineTuner(Tones.Recipe with { MiddleLossShare = share }, new DecodingRecipe(), TimeProvider.System)
                .Run(encoder, former: null, Tones.Labels(8), new FineTuningBudget(TimeSpan.FromMinutes(5), 4), null, TestContext.Current.CancellationToken);
            outcome.Recognizer.Dispose();
            return outcome.Loss;
        }
        Assert.Equal(Loss(0), Loss(0.5));
    }

    [Fact]
    public void A_new_head_begins_with_the_labels_frequencies()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using var recognizer = new FineTuner(Tones.Recipe with { LearningRate = 1e-6 }, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(8), new FineTuningBudget(TimeSpan.FromMinutes(5), 1), null, TestContext.Current.CancellationToken).Recognizer;
        using var nothing = torch.zeros(1, 1, recognizer.Model.Encoder.HiddenSize);
        var expected = recognizer.Model.Logits(nothing).softmax(-1).data<float>().ToArray();
        var seconds = Tones.Utterances(8, seed: 1).Sum(u => u.Samples.Length / 16_000.0);
        var prior = LabelPrior.Of(Tones.Utterances(8, seed: 1).Select(u => u.Text), recognizer.Vocabulary, seconds / recognizer.Features.FrameSeconds);
        Assert.All(expected.Zip(prior), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void Recordings_that_are_heard_often_are_spliced_where_they_have_words()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        double Heard(FineTuningOptions options, Func<string, string> text)
        {
            TrainingSet labels = new([.. Tones.Utterances(8, seed: 1).Select(u => u with { Text = text(u.Text) })]);
            var outcome = new FineTuner(options, new DecodingRecipe(), TimeProvider.System).Run(encoder, former: null, labels, new FineTuningBudget(TimeSpan.FromMinutes(5), 8), null, TestContext.Current.CancellationToken);
            outcome.Recognizer.Dispose();
            return outcome.AudioSeconds;
        }
        var whole = Heard(Spliced with { SplicedShare = 0 }, text => text);
        Assert.True(Heard(Spliced, text => text) < 0.99 * whole); // a spliced one is a little shorter
        Assert.Equal(whole, Heard(Spliced with { WordsBelowLoss = 0 }, text => text));
        Assert.Equal(whole, Heard(Spliced with { SpliceAfterHearings = 100 }, text => text));
        Assert.Equal(whole, Heard(Spliced, text => text.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Long_recordings_are_cut_between_words_once_these_are_known()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var ct = TestContext.Current.CancellationToken;
        using var taught = new FineTuner(Tones.Recipe, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(60), new FineTuningBudget(TimeSpan.FromMinutes(5), Tones.Updates), null, ct).Recognizer;
        LabelledUtterance[] recordings = [.. Tones.Utterances(40, seed: 2).Where(u => u.Text.Contains(' ', StringComparison.Ordinal))];
        var pieces = WordCuts.Of(recordings, taught, Tones.Recipe with { PieceSeconds = 0.5 }, () => true).ToArray();
        Assert.True(pieces.Count(p => p.Count > 1) > 0.8 * recordings.Length, $"{pieces.Count(p => p.Count > 1)} of {recordings.Length}");
        Assert.InRange(HeldOutScorer.Score(taught.Transcribe, TextReading.Words, [.. pieces.SelectMany(p => p)], ct).CharacterErrorRate, 0, 0.3); // each piece says what its text says
        Assert.All(WordCuts.Of(recordings, taught, Tones.Recipe with { PieceSeconds = 0.5 }, () => false), p => Assert.Single(p)); // no time for it
        LabelledUtterance[] wrong = [.. recordings.Select((u, i) => u with { Text = recordings[(i + 1) % recordings.Length].Text })];
        Assert.InRange(WordCuts.Of(wrong, taught, Tones.Recipe with { PieceSeconds = 0.5, WordsBelowLoss = 1 }, () => true).Count(p => p.Count > 1), 0, 0.2 * wrong.Length); // not found there

        double AudioOfAnUpdate(FormerRecognizer? former, FineTuningOptions options)
        {
            var outcome = new FineTuner(options with { BatchAudioSeconds = 0.1, LearningRate = 1e-6 }, new DecodingRecipe(), TimeProvider.System) // one recording or piece in each
                .Run(encoder, former, new TrainingSet(recordings), new FineTuningBudget(TimeSpan.FromMinutes(5), 40), null, ct);
            outcome.Recognizer.Dispose();
            return outcome.AudioSeconds / 40;
        }
        var going = new FormerRecognizer(taught, encoder);
        var whole = AudioOfAnUpdate(going, Tones.Recipe with { PieceSeconds = 0 });
        Assert.InRange(AudioOfAnUpdate(going, Tones.Recipe with { PieceSeconds = 0.5 }), 0.2, 0.7 * whole);
        Assert.Equal(whole, AudioOfAnUpdate(null, Tones.Recipe with { PieceSeconds = 0.5 }), 0.2 * whole); // who knows no words cuts none
        Assert.InRange(AudioOfAnUpdate(null, Tones.Recipe with { PieceSeconds = 0.5, WordsBelowLoss = 100 }), 0.1, 0.7 * whole); // after the first update
    }

    [Fact]
    public void Same_seed_same_updates_same_weights()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var texts = Enumerable.Range(0, 2).Select(_ =>
        {
            using var recognizer = Run(encoder, new FineTuningBudget(TimeSpan.FromMinutes(5), 5)).Recognizer;
            return string.Join(' ', recognizer.Model.state_dict().Values.Select(t => t.sum().item<float>().ToString("R")));
        }).ToArray();
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public void Leaves_the_pretrained_encoder_as_it_was_and_no_tensor_behind()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var before = encoder.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        Run(encoder, new FineTuningBudget(TimeSpan.FromMinutes(5), 2)).Recognizer.Dispose();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run(encoder, new FineTuningBudget(TimeSpan.FromMinutes(5), 4)).Recognizer.Dispose();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(encoder.state_dict(), t => Assert.True(t.Value.equal(before[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void A_recognizer_brings_n_grams_and_the_words_of_its_labels_where_they_are_asked_for()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        Recognizer Tuned(int order) => new FineTuner(Tones.Recipe with { LetterModelOrder = order }, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(8), new FineTuningBudget(TimeSpan.FromMinutes(5), 1), null, TestContext.Current.CancellationToken).Recognizer;
        using var with = Tuned(3);
        using var without = Tuned(0);
        Assert.Equal(3, with.LanguageModel!.Order);
        Assert.Null(without.LanguageModel);
        Assert.Null(without.Words);
        Assert.Equal(Tones.Labels(8).Labels.SelectMany(u => u.Text.Split(' ')).ToHashSet(), with.Words!.Tokens.Where(t => t != NGramModel.Unknown).ToHashSet());
        Assert.Equal(with.Vocabulary.Tokens.Where(t => t.Length == 1), with.LanguageModel.Tokens.Where(t => t.Length == 1).OrderBy(t => with.Vocabulary.Encode(t) is [var label] ? label : with.Vocabulary.DelimiterLabel));
    }

    [Fact]
    public void Letters_n_grams_and_the_heads_beginning_come_from_true_labels_alone()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var labels = Tones.Utterances(8, seed: 1);
        Recognizer Tuned(TrainingSet set) => new FineTuner(Tones.Recipe with { LearningRate = 1e-6 }, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, set, new FineTuningBudget(TimeSpan.FromMinutes(5), 1), null, TestContext.Current.CancellationToken).Recognizer;
        using var alone = Tuned(new TrainingSet(labels));
        using var mixed = Tuned(new TrainingSet(labels, [.. Tones.Utterances(8, seed: 3).Select(u => u with { Text = "xyz aaaa" })], 0.3));
        Assert.Equal(alone.Vocabulary.Tokens, mixed.Vocabulary.Tokens);
        double Begins(Recognizer recognizer, string letter) => recognizer.LanguageModel!.Score(recognizer.LanguageModel.BeginningState, recognizer.LanguageModel.TokenOf(letter)).LogProbability;
        Assert.All("abcdef", letter => Assert.Equal(Begins(alone, $"{letter}"), Begins(mixed, $"{letter}")));
        using var nothing = torch.zeros(1, 1, encoder.HiddenSize);
        Assert.True(alone.Model.Logits(nothing).allclose(mixed.Model.Logits(nothing), atol: 1e-4));
    }

    [Fact]
    public void Ends_when_cancelled()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new FineTuner(Tones.Recipe, new DecodingRecipe(), TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(5), new FineTuningBudget(TimeSpan.FromMinutes(5), 0), _ => cancel.Cancel(), cancel.Token));
    }

    static FineTuningOutcome Run(SpeechEncoder encoder, FineTuningBudget budget) => new FineTuner(Spliced with { PieceSeconds = 0.5, Dropout = 0.1, ChannelMasks = 2, TimeMaskStarts = 0.05 }, new DecodingRecipe(), TimeProvider.System)
        .Run(encoder, former: null, Tones.Labels(8), budget, null, TestContext.Current.CancellationToken);
}
