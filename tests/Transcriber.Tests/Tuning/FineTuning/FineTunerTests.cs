using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

public sealed class FineTunerTests(ITestOutputHelper output)
{
    [Fact]
    public void Learns_to_spell_tones()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var outcome = Tune(Tones.Recipe, encoder, Tones.Labels(60), Tones.Updates);
        using var recognizer = outcome.Recognizer;
        var score = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, Tones.Utterances(20, seed: 2),
            TestContext.Current.CancellationToken);
        output.WriteLine($"{outcome.Updates} updates, {outcome.AudioSeconds:0} s of audio in {outcome.Took.TotalSeconds:0.0} s, "
            + $"loss {outcome.Loss:0.000}, CER {score.CharacterErrorRate:0.000}, WER {score.WordErrorRate:0.000}");
        Assert.True(recognizer.IsFinite);
        Assert.InRange(score.CharacterErrorRate, 0, 0.3);
    }

    [Fact]
    public void Starts_from_a_former_recognizer_with_the_same_letters()
    {
        TorchRuntime.UseThreads(1);
        var (ct, recipe) = (TestContext.Current.CancellationToken, Tones.Recipe with { LearningRate = 2.8e-4 });
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var train = Tones.Utterances(60, seed: 1);
        using var taught = Tune(Tones.Recipe, encoder, new TrainingSet(train), Tones.Updates).Recognizer;
        var warm = new FormerRecognizer(taught, encoder);
        using TorchSharp.Scalar step = 1e-3;
        using var trainedOn = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using (torch.no_grad())
        {
            foreach (var parameter in trainedOn.parameters())
                parameter.add_(torch.randn_like(parameter), step);
        }
        double Error(FormerRecognizer? former, string otherLetter)
        {
            IReadOnlyList<LabelledUtterance> labels =
                [.. train.Select(u => u with { Text = u.Text.Replace("f", otherLetter, StringComparison.Ordinal) })];
            using var recognizer = Tune(recipe, trainedOn, new TrainingSet(labels), 3, former, seed: 7).Recognizer;
            return HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, Tones.Utterances(20, seed: 2), ct).CharacterErrorRate;
        }
        Assert.InRange(Error(warm, "f"), 0, 0.3);
        Assert.InRange(Error(null, "f"), 0.6, 10);
        Assert.InRange(Error(warm, "x"), 0.6, 10); // other letters: its head does not fit
    }

    [Fact]
    public void An_update_of_a_quarter_of_the_audio_moves_the_weights_half_as_far()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        double Moved(double audioSeconds)
        {
            var recipe = Tones.Recipe with { BatchAudioSeconds = audioSeconds, WarmUpShare = 0, HeadOnlyShare = 0, WeightDecay = 0 };
            using var recognizer = Tune(recipe, encoder, Tones.Labels(60), 1).Recognizer;
            using var scope = torch.NewDisposeScope();
            // Adam's first step is the rate
            return encoder.parameters()
                .Zip(recognizer.Model.Encoder.parameters(), (before, after) => (after - before).abs().max().item<float>()).Max();
        }
        Assert.Equal(Tones.Recipe.LearningRate, Moved(40), 1e-4);
        Assert.Equal(Tones.Recipe.LearningRate / 2, Moved(10), 1e-4);
    }

    [Fact]
    public void The_middle_layer_is_trained_too()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var (ct, train) = (TestContext.Current.CancellationToken, Tones.Utterances(60, seed: 1));
        double MiddleLoss(double share)
        {
            using var recognizer = Tune(Tones.Recipe with { MiddleLossShare = share }, encoder, new TrainingSet(train), Tones.Updates / 2)
                .Recognizer;
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

    static readonly FineTuningRecipe Spliced = Tones.Recipe with { SpliceAfterUses = 0, WordsBelowLoss = 100 };

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
    public void A_waveform_encoder_is_trained_too()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform, seed: 1);
        var losses = new List<double>();
        using var recognizer = Tune(Spliced, encoder, Tones.Labels(16), 60, onLoss: losses.Add).Recognizer;
        Assert.True(losses.TakeLast(5).Average() < losses.Take(5).Average() / 1.2,
            $"{losses.Take(5).Average()} to {losses.TakeLast(5).Average()}");
        Assert.Equal(2, recognizer.Transcribe([.. Tones.Utterances(2, seed: 2).Select(u => u.Samples)]).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_feature_encoder_is_frozen_if_the_recipe_says_so(bool frozen)
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform, seed: 1);
        using var recognizer = Tune(Tones.Recipe with { FreezeFeatureEncoder = frozen, HeadOnlyShare = 0 }, encoder, Tones.Labels(4), 2)
            .Recognizer;
        var tuned = recognizer.Model.Encoder;
        Assert.Equal(frozen, tuned.FeatureEncoderParameters().Zip(encoder.FeatureEncoderParameters())
            .All(p => p.First.equal(p.Second).all().item<bool>()));
        Assert.False(tuned.parameters().Zip(encoder.parameters()).All(p => p.First.equal(p.Second).all().item<bool>()));
    }

    [Fact]
    public void The_middle_loss_is_off_where_layers_do_not_end_in_a_norm()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Waveform with { FeatExtractNorm = FeatureNorm.Layer, DoStableLayerNorm = true }, seed: 1);
        double Loss(double share)
        {
            var outcome = Tune(Tones.Recipe with { MiddleLossShare = share }, encoder, Tones.Labels(8), 4);
            outcome.Recognizer.Dispose();
            return outcome.Loss;
        }
        Assert.Equal(Loss(0), Loss(0.5));
    }

    [Fact]
    public void The_bias_of_a_new_head_is_the_prior_of_the_labels()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using var recognizer = Tune(Tones.Recipe with { LearningRate = 1e-6 }, encoder, Tones.Labels(8), 1).Recognizer;
        using var nothing = torch.zeros(1, 1, recognizer.Model.Encoder.HiddenSize);
        var expected = recognizer.Model.Logits(nothing).softmax(-1).data<float>().ToArray();
        var seconds = Tones.Utterances(8, seed: 1).Sum(u => u.Samples.Length / 16_000.0);
        var prior = LabelPrior.Of(Tones.Utterances(8, seed: 1).Select(u => u.Text), recognizer.Vocabulary,
            seconds / recognizer.Features.FrameSeconds);
        Assert.All(expected.Zip(prior), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void Recordings_used_often_are_replaced_by_spliced_ones_if_texts_have_words()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        double AudioSeconds(FineTuningRecipe options, Func<string, string> text)
        {
            TrainingSet labels = new([.. Tones.Utterances(8, seed: 1).Select(u => u with { Text = text(u.Text) })]);
            var outcome = Tune(options, encoder, labels, 8);
            outcome.Recognizer.Dispose();
            return outcome.AudioSeconds;
        }
        var whole = AudioSeconds(Spliced with { SplicedShare = 0 }, text => text);
        Assert.True(AudioSeconds(Spliced, text => text) < 0.99 * whole); // a spliced one is a little shorter
        Assert.Equal(whole, AudioSeconds(Spliced with { WordsBelowLoss = 0 }, text => text));
        Assert.Equal(whole, AudioSeconds(Spliced with { SpliceAfterUses = 100 }, text => text));
        Assert.Equal(whole, AudioSeconds(Spliced, text => text.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Long_recordings_are_cut_between_words_once_they_are_aligned()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var ct = TestContext.Current.CancellationToken;
        using var taught = Tune(Tones.Recipe, encoder, Tones.Labels(60), Tones.Updates).Recognizer;
        LabelledUtterance[] recordings = [.. Tones.Utterances(40, seed: 2).Where(u => u.Text.Contains(' ', StringComparison.Ordinal))];
        var halves = Tones.Recipe with { PieceSeconds = 0.5 };
        var pieces = WordCuts.Of(recordings, WordCuts.Align(recordings, taught, halves, () => true), halves).ToArray();
        Assert.True(pieces.Count(p => p.Count > 1) > 0.8 * recordings.Length, $"{pieces.Count(p => p.Count > 1)} of {recordings.Length}");
        // each piece says what its text says
        Assert.InRange(HeldOutScorer.Score(taught.Transcribe, TextReading.Words, [.. pieces.SelectMany(p => p)], ct)
            .CharacterErrorRate, 0, 0.3);
        // no time for it
        Assert.All(WordCuts.Of(recordings, WordCuts.Align(recordings, taught, halves, () => false), halves), p => Assert.Single(p));
        LabelledUtterance[] wrong = [.. recordings.Select((u, i) => u with { Text = recordings[(i + 1) % recordings.Length].Text })];
        // their words are not there
        var strict = halves with { WordsBelowLoss = 1 };
        Assert.InRange(WordCuts.Of(wrong, WordCuts.Align(wrong, taught, strict, () => true), strict).Count(p => p.Count > 1),
            0, 0.2 * wrong.Length);

        double AudioOfAnUpdate(FormerRecognizer? former, FineTuningRecipe options)
        {
            var outcome = Tune(options with { BatchAudioSeconds = 0.1, LearningRate = 1e-6 }, encoder,
                new TrainingSet(recordings), 40, former);
            outcome.Recognizer.Dispose();
            return outcome.AudioSeconds / 40;
        }
        var warm = new FormerRecognizer(taught, encoder);
        var whole = AudioOfAnUpdate(warm, Tones.Recipe with { PieceSeconds = 0 });
        Assert.InRange(AudioOfAnUpdate(warm, Tones.Recipe with { PieceSeconds = 0.5 }), 0.2, 0.7 * whole);
        Assert.Equal(whole, AudioOfAnUpdate(null, Tones.Recipe with { PieceSeconds = 0.5 }), 0.2 * whole); // no word is known
        // after the first update
        Assert.InRange(AudioOfAnUpdate(null, Tones.Recipe with { PieceSeconds = 0.5, WordsBelowLoss = 100 }), 0.1, 0.7 * whole);
    }

    [Fact]
    public void Same_seed_same_updates_same_weights()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var texts = Enumerable.Range(0, 2).Select(_ =>
        {
            using var recognizer = TuneWithAll(encoder, 5).Recognizer;
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
        TuneWithAll(encoder, 2).Recognizer.Dispose();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        TuneWithAll(encoder, 4).Recognizer.Dispose();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(encoder.state_dict(), t => Assert.True(t.Value.equal(before[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void A_recognizer_has_the_n_grams_and_the_words_of_its_labels()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using var tuned = Tune(Tones.Recipe with { LetterModelOrder = 3 }, encoder, Tones.Labels(8), 1).Recognizer;
        var (letters, vocabulary) = (tuned.LanguageModel!, tuned.Vocabulary);
        Assert.Equal(3, letters.Order);
        Assert.Equal(Tones.Labels(8).Labels.SelectMany(u => u.Text.Split(' ')).ToHashSet(),
            tuned.Words!.Tokens.Where(t => t != NGramModel.Unknown).ToHashSet());
        Assert.Equal(
            vocabulary.Tokens.Where(t => t.Length == 1),
            letters.Tokens.Where(t => t.Length == 1).OrderBy(t => vocabulary.Encode(t) is [var label] ? label : vocabulary.DelimiterLabel));
    }

    [Fact]
    public void Vocabulary_n_grams_and_bias_come_from_true_labels_alone()
    {
        TorchRuntime.UseThreads(1);
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var labels = Tones.Utterances(8, seed: 1);
        Recognizer Tuned(TrainingSet set) => Tune(Tones.Recipe with { LearningRate = 1e-6 }, encoder, set, 1).Recognizer;
        using var alone = Tuned(new TrainingSet(labels));
        using var mixed = Tuned(new TrainingSet(labels, [.. Tones.Utterances(8, seed: 3).Select(u => u with { Text = "xyz aaaa" })], 0.3));
        Assert.Equal(alone.Vocabulary.Tokens, mixed.Vocabulary.Tokens);
        double Begins(Recognizer recognizer, string letter) =>
            recognizer.LanguageModel is { } model ? model.Score(model.BeginningState, model.TokenOf(letter)).LogProbability : 0;
        Assert.All("abcdef", letter => Assert.Equal(Begins(alone, $"{letter}"), Begins(mixed, $"{letter}")));
        using var nothing = torch.zeros(1, 1, encoder.HiddenSize);
        Assert.True(alone.Model.Logits(nothing).allclose(mixed.Model.Logits(nothing), atol: 1e-4));
    }

    [Fact]
    public void Ends_when_cancelled()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new FineTuner(Tones.Recipe, new DecodingRecipe(), seed: 0, TimeProvider.System)
            .Run(encoder, former: null, Tones.Labels(5), new FineTuningBudget(TimeSpan.FromMinutes(5), 100), _ => cancel.Cancel(),
                checkpoints: null, cancel.Token));
    }

    static FineTuningOutcome TuneWithAll(SpeechEncoder encoder, int updates) =>
        Tune(Spliced with { PieceSeconds = 0.5, Dropout = 0.1, ChannelMasks = 2, TimeMaskStarts = 0.05 },
            encoder, Tones.Labels(8), updates);

    static FineTuningOutcome Tune(
        FineTuningRecipe recipe, SpeechEncoder encoder, TrainingSet train, int updates, FormerRecognizer? former = null, int seed = 0,
        Action<double>? onLoss = null) =>
        new FineTuner(recipe, new DecodingRecipe(), seed, TimeProvider.System)
            .Run(encoder, former, train, new FineTuningBudget(TimeSpan.FromMinutes(5), updates), now => onLoss?.Invoke(now.Loss),
                checkpoints: null, TestContext.Current.CancellationToken);
}
