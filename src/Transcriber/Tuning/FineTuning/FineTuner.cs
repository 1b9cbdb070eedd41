using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Augmentation;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Fine-tunes a pretrained encoder with a CTC head (wav2vec 2.0, section 4.3). Bit-for-bit reproducible if the seed is fixed, torch runs
/// one thread, <see cref="FineTuningBudget.MaxUpdates"/> is reached and no time limit stops an alignment.
/// </summary>
sealed class FineTuner(FineTuningRecipe recipe, DecodingRecipe decoding, int seed, TimeProvider clock)
{
    /// <param name="pretrained">Read only; owned by the caller.</param>
    /// <param name="former">For a warm start, if it fits; read only. Null: the head is new.</param>
    /// <param name="train">At least one true label.</param>
    /// <param name="onUpdate">Called after each update with its loss in nats a letter.</param>
    public FineTuningOutcome Run(
        SpeechEncoder pretrained, FormerRecognizer? former, TrainingSet train, FineTuningBudget budget,
        Action<double>? onUpdate, CancellationToken ct)
    {
        var random = new Random(seed);
        if (budget.MaxUpdates > 0)
            manual_seed(seed); // for dropout. The generator is shared by the process: not seeded where time makes runs differ anyway
        var vocabulary = Vocabulary.FromTexts(train.Labels.Select(u => u.Text), train.Policy);
        if (former?.Fits(pretrained, vocabulary) == true)
            vocabulary = former.Recognizer.Vocabulary; // the same letters, in its order
        else
            former = null;
        var augmentation = new SpeechAugmentation(recipe, pretrained.Config, random);
        using var curriculum = new Curriculum(train, vocabulary, FeatureExtractor.For(pretrained.Config), recipe, augmentation, random);
        CutAtWords(former?.Recognizer);
        var started = clock.GetTimestamp();
        var model = NewModel(pretrained, former, vocabulary, curriculum);
        try
        {
            using var optimizer = new FusedAdamW(
                model.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter, recipe.WeightDecay)),
                beta2: 0.999, epsilon: 1e-8);
            var step = new FineTuningStep(model, optimizer, recipe, augmentation);
            var (updates, audioSeconds) = (0, 0.0);
            for (double progress; (progress = budget.Progress(clock.GetElapsedTime(started), updates)) < 1; updates++)
            {
                ct.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var batch = curriculum.Next(budget.BatchSeconds(recipe, audioSeconds, clock.GetElapsedTime(started)));
                var rate = recipe.LearningRateAt(progress, batch.MaxAudioSeconds);
                var (loss, logits) = step.Run(batch, rate, headOnly: former is null && progress < recipe.HeadOnlyShare);
                audioSeconds += batch.Speech.AudioSeconds;
                if (curriculum.Learn(batch, logits, loss) && former is null)
                {
                    CutAtWords(new Recognizer(model, vocabulary)); // not disposed: it would dispose the model
                    model.train(); // a recognizer puts it into evaluation mode
                }
                onUpdate?.Invoke(loss);
                if (!double.IsFinite(loss))
                    break; // diverged; the gate refuses it
            }
            foreach (var parameter in model.parameters())
                parameter.requires_grad = true;
            string[] texts = [.. train.Labels.Select(u => u.Text)];
            var letters = LetterNGrams.Estimate(texts, recipe.LetterModelOrder, vocabulary);
            var recognizer = new Recognizer(model, vocabulary, letters, KnownWords.Estimate(texts), decoding);
            return new FineTuningOutcome(recognizer, updates, audioSeconds, curriculum.RecentLoss, clock.GetElapsedTime(started));
        }
        catch
        {
            model.Dispose();
            throw;
        }

        void CutAtWords(Recognizer? aligner)
        {
            var began = clock.GetTimestamp();
            curriculum.CutAtWords(aligner, GoOn);

            bool GoOn()
            {
                ct.ThrowIfCancellationRequested();
                return budget.AllowsAligning(clock.GetElapsedTime(began));
            }
        }
    }

    CtcModel NewModel(SpeechEncoder pretrained, FormerRecognizer? former, Vocabulary vocabulary, Curriculum curriculum)
    {
        var encoder = SpeechEncoder.Create(pretrained.Config with
        {
            HiddenDropout = recipe.Dropout,
            AttentionDropout = 0, // above 0, attention is not computed by its fused kernel
            ActivationDropout = recipe.Dropout,
            FinalDropout = recipe.Dropout,
        }, seed);
        encoder.load_state_dict(pretrained.state_dict());
        var model = new CtcModel(encoder, vocabulary.Size, seed);
        if (former is null)
            model.ExpectLabels(curriculum.LabelPrior());
        else
        {
            encoder.AddTaskVector(former.Recognizer.Model.Encoder, former.Encoder);
            model.TakeHead(former.Recognizer.Model);
        }
        model.to(TorchRuntime.Device);
        model.train();
        return model;
    }
}

/// <summary>Result of a fine-tuning; the caller owns the recognizer.</summary>
/// <param name="AudioSeconds">Trained on, repetitions counted.</param>
/// <param name="Loss">Mean over the last updates, in nats a letter; not a number if it diverged.</param>
sealed record FineTuningOutcome(Recognizer Recognizer, int Updates, double AudioSeconds, double Loss, TimeSpan Took);
