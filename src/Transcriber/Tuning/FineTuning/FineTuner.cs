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
/// Fine-tunes a pretrained encoder with a CTC head (wav2vec 2.0, section 4.3). Bit-for-bit reproducible if <see cref="FineTuningBudget.MaxUpdates"/> is reached,
/// torch runs one thread, the seed is fixed and aligning is not cut short (<see cref="FineTuningBudget.AllowsAligning"/>).
/// </summary>
sealed class FineTuner(FineTuningRecipe recipe, DecodingRecipe decoding, int seed, TimeProvider clock)
{
    /// <param name="pretrained">Read only; stays with the caller.</param>
    /// <param name="former">Warm start where it fits; read only. Null: the head is new.</param>
    /// <param name="train">At least one true label.</param>
    /// <param name="onUpdate">Called after each update with its loss in nats a letter.</param>
    public FineTuningOutcome Run(
        SpeechEncoder pretrained, FormerRecognizer? former, TrainingSet train, FineTuningBudget budget, Action<double>? onUpdate, CancellationToken ct)
    {
        var random = new Random(seed);
        if (budget.MaxUpdates > 0)
            manual_seed(seed); // of dropout; the generator is the whole process's, so it is left alone where time decides anyway
        var vocabulary = Vocabulary.FromTexts(train.Labels.Select(u => u.Text));
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
            using var optimizer = NewOptimizer(model);
            var step = new FineTuningStep(model, optimizer, recipe, augmentation);
            var schedule = new TriStageSchedule(recipe.WarmUpShare, recipe.HoldShare);
            var (updates, audioSeconds) = (0, 0.0);
            for (double progress; (progress = budget.Progress(clock.GetElapsedTime(started), updates)) < 1; updates++)
            {
                ct.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var batch = curriculum.Next(budget.BatchSeconds(recipe, audioSeconds, clock.GetElapsedTime(started)));
                var rate = recipe.LearningRateFor(batch.MaxAudioSeconds) * schedule.At(progress);
                var (loss, logits) = step.Run(batch, rate, headOnly: former is null && progress < recipe.HeadOnlyShare);
                audioSeconds += batch.Speech.AudioSeconds;
                if (curriculum.Learn(batch, logits, loss) && former is null)
                {
                    CutAtWords(new Recognizer(model, vocabulary)); // not disposed: it would take the model with it
                    model.train(); // a recognizer puts it into evaluation mode
                }
                onUpdate?.Invoke(loss);
                if (!double.IsFinite(loss))
                    break; // it has diverged; the gate refuses it
            }
            foreach (var parameter in model.parameters())
                parameter.requires_grad = true;
            return new FineTuningOutcome(NewRecognizer(model, train, vocabulary), updates, audioSeconds, curriculum.RecentLoss, clock.GetElapsedTime(started));
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

    FusedAdamW NewOptimizer(CtcModel model) =>
        new(model.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter, recipe.WeightDecay)), beta2: 0.999, epsilon: 1e-8);

    /// <summary>With the n-grams and the words of the true labels.</summary>
    Recognizer NewRecognizer(CtcModel model, TrainingSet train, Vocabulary vocabulary)
    {
        var texts = train.Labels.Select(u => u.Text).ToArray();
        return new Recognizer(model, vocabulary, LetterNGrams.Estimate(texts, recipe.LetterModelOrder, vocabulary), KnownWords.Estimate(texts), decoding);
    }

    CtcModel NewModel(SpeechEncoder pretrained, FormerRecognizer? former, Vocabulary vocabulary, Curriculum curriculum)
    {
        var encoder = SpeechEncoder.Create(pretrained.Config with
        {
            HiddenDropout = recipe.Dropout,
            AttentionDropout = 0, // with it, attention leaves its fused kernel
            ActivationDropout = recipe.Dropout,
            FinalDropout = recipe.Dropout,
        }, seed);
        encoder.load_state_dict(pretrained.state_dict());
        var model = new CtcModel(encoder, vocabulary.Size, seed);
        if (former is null)
            model.ExpectLabels(curriculum.LabelPrior());
        else
        {
            encoder.AddTaught(former.Recognizer.Model.Encoder, former.Encoder);
            model.TakeHead(former.Recognizer.Model);
        }
        model.to(TorchRuntime.Device);
        model.train();
        return model;
    }
}
