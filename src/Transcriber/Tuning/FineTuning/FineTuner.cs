using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Teaches a pretrained encoder to spell: its top layers may start anew, a CTC head is put on it, and both learn from the labelled recordings
/// (wav2vec 2.0, section 4.3; what differs was measured). With a limit of updates that is reached, one thread and one seed, the result is the same to the last bit, where there was time to find the words of all long labels (<see cref="FineTuningBudget.AllowsAligning"/>).
/// </summary>
sealed class FineTuner(FineTuningOptions options, DecodingRecipe decoding, TimeProvider clock)
{
    const int RecentUpdates = 20;
    const double MaskFrameSeconds = 0.02;

    /// <param name="pretrained">Read only; stays with the caller.</param>
    /// <param name="former">Where one fits and <see cref="FineTuningOptions.WarmStart"/> is on, what it was taught is not learnt again; read only. Null: the head begins anew.</param>
    /// <param name="train">At least one true label.</param>
    /// <param name="onUpdate">Told of each update, with its loss per letter.</param>
    public FineTuningOutcome Run(SpeechEncoder pretrained, FormerRecognizer? former, TrainingSet train, FineTuningBudget budget, Action<double>? onUpdate, CancellationToken ct)
    {
        var random = new Random(options.Seed);
        if (budget.MaxUpdates > 0)
            manual_seed(options.Seed); // dropout draws from the generator that all of the process share: left alone where time decides anyway
        using var utterances = new TrainingUtterances(train, FeatureExtractor.For(pretrained.Config), options);
        if (former is not null && !(options.WarmStart && former.Fits(pretrained, utterances.Vocabulary)))
            former = null;
        if (former is not null)
            utterances.Vocabulary = former.Recognizer.Vocabulary; // the same letters, in its order
        CutAtWords(former?.Recognizer);
        var started = clock.GetTimestamp();
        using var splicer = options.SplicedShare > 0 && train.Labels.Any(u => u.Text.Contains(' ', StringComparison.Ordinal)) ? new Splicer(utterances.Vocabulary, options.SplicedWords) : null;
        var model = NewModel(pretrained, former, utterances);
        try
        {
            using var optimizer = new FusedAdamW(model.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter, options.WeightDecay)), beta2: 0.999, epsilon: 1e-8);
            var schedule = new TriStageSchedule(options.WarmUpShare, options.HoldShare);
            var (updates, audioSeconds, batchSeconds, recent, knowsWords) = (0, 0.0, 0.0, new Queue<double>(), false);
            using var batches = utterances.Batches(() => batchSeconds = budget.BatchSeconds(options, audioSeconds, clock.GetElapsedTime(started)), random).GetEnumerator();
            for (double progress; (progress = budget.Progress(clock.GetElapsedTime(started), updates)) < 1; updates++)
            {
                ct.ThrowIfCancellationRequested();
                batches.MoveNext();
                Freeze(model, former is null && progress < options.HeadOnlyShare);
                using var scope = NewDisposeScope();
                var batch = utterances.Take(batches.Current, knowsWords ? splicer : null, TorchRuntime.Device, random);
                var loss = Update(model, optimizer, options.LearningRateFor(batchSeconds) * schedule.At(progress), batch, splicer, random);
                audioSeconds += batch.Speech.AudioSeconds;
                recent.Enqueue(loss);
                if (recent.Count > RecentUpdates)
                    recent.Dequeue();
                if (!knowsWords && recent.Average() < options.WordsBelowLoss)
                {
                    knowsWords = true;
                    if (former is null)
                    {
                        CutAtWords(new Recognizer(model, utterances.Vocabulary)); // not disposed: it would take the model with it
                        model.train(); // a recognizer puts it out of training
                    }
                }
                onUpdate?.Invoke(loss);
                if (!double.IsFinite(loss))
                    break; // it has diverged; the gate refuses it
            }
            foreach (var parameter in model.parameters())
                parameter.requires_grad = true;
            return new FineTuningOutcome(NewRecognizer(model, train, utterances.Vocabulary), updates, audioSeconds, recent.DefaultIfEmpty(double.NaN).Average(), clock.GetElapsedTime(started));
        }
        catch
        {
            model.Dispose();
            throw;
        }

        void CutAtWords(Recognizer? aligner)
        {
            var began = clock.GetTimestamp();
            utterances.CutAtWords(aligner, GoOn);

            bool GoOn()
            {
                ct.ThrowIfCancellationRequested();
                return budget.AllowsAligning(clock.GetElapsedTime(began));
            }
        }
    }

    /// <summary>With the n-grams and the words of the true labels.</summary>
    Recognizer NewRecognizer(CtcModel model, TrainingSet train, Vocabulary vocabulary)
    {
        if (options.LetterModelOrder == 0)
            return new Recognizer(model, vocabulary);
        var texts = train.Labels.Select(u => u.Text).ToArray();
        return new Recognizer(model, vocabulary, LetterNGrams.Estimate(texts, options.LetterModelOrder, vocabulary), KnownWords.Estimate(texts), decoding);
    }

    CtcModel NewModel(SpeechEncoder pretrained, FormerRecognizer? former, TrainingUtterances utterances)
    {
        var encoder = SpeechEncoder.Create(pretrained.Config with
        {
            HiddenDropout = options.Dropout,
            AttentionDropout = 0, // with it, attention leaves its fused kernel
            ActivationDropout = options.Dropout,
            FinalDropout = options.Dropout,
        }, options.Seed);
        encoder.load_state_dict(pretrained.state_dict());
        var model = new CtcModel(encoder, utterances.Vocabulary.Size, options.Seed);
        if (former is null)
        {
            encoder.ResetTopLayers(options.ResetLayers, options.Seed);
            model.ExpectLabels(utterances.LabelPrior());
        }
        else
        {
            encoder.AddTaught(former.Recognizer.Model.Encoder, former.Encoder);
            model.TakeHead(former.Recognizer.Model);
        }
        model.to(TorchRuntime.Device);
        model.train();
        return model;
    }

    double Update(CtcModel model, FusedAdamW optimizer, double rate, TrainingBatch training, Splicer? splicer, Random random)
    {
        var (batch, labels) = (training.Speech, training.Labels);
        if (options.FrequencyWarp > 0 && model.Encoder.Config is Wav2Vec2BertConfig { Stride: var stacked })
            batch = batch with { Inputs = FrequencyWarp.Apply(batch.Inputs, stacked, [.. batch.FrameCounts.Select(_ => FrequencyWarp.Factor(options.FrequencyWarp, random.NextDouble()))]) };
        var features = model.Encoder.ExtractFeatures(batch); // [B, T, C]
        features *= ChannelMask.Sample(model.Encoder.Config, batch.Size, model.Encoder.FeatureSize, options.ChannelMasks, options.ChannelMaskShare, random).to(features.device);
        var timeMask = TimeMask.Sample(batch.FrameCounts, batch.LongestFrameCount, options.TimeMaskStarts, MaskedFrames(model.Encoder.Config), random).to(features.device);
        var (logits, middle) = Logits(model, features, batch.FrameMask, timeMask); // [B, T, V]
        using Scalar letters = labels.Sum(l => l.Length), middleShare = options.MiddleLossShare, lastShare = 1 - options.MiddleLossShare;
        var loss = CtcModel.Loss(logits, batch.FrameCounts, labels) / letters;
        var trained = middle is null ? loss : loss.mul(lastShare).add(CtcModel.Loss(middle, batch.FrameCounts, labels) / letters, middleShare);
        optimizer.ZeroGrad();
        trained.backward();
        optimizer.ClipGradientsDeferred(options.GradientNorm);
        optimizer.Step(rate);
        splicer?.Hear(training, logits);
        return loss.item<float>();
    }

    int MaskedFrames(EncoderConfig config) => Math.Max(1, (int)Math.Round(options.TimeMaskFrames * MaskFrameSeconds / FeatureExtractor.For(config).FrameSeconds));

    /// <summary>Of the last layer and, where it is asked too, of the middle one: never where layers do not end in a norm, for the head could not read it as it reads the last.</summary>
    (Tensor Last, Tensor? Middle) Logits(CtcModel model, Tensor features, Tensor? frameMask, Tensor timeMask)
    {
        using var bf16 = Bf16Autocast.WhereFast(options.Bf16);
        if (options.MiddleLossShare == 0 || !model.Encoder.Config.LayersEndInNorm)
            return (model.Logits(features, frameMask, timeMask), null);
        var hidden = new List<Tensor>();
        var last = model.Logits(features, frameMask, timeMask, hidden);
        return (last, model.Logits(hidden[hidden.Count / 2])); // what goes into each layer, and what comes out of the last
    }

    /// <summary>Freezes what was pretrained, or only what stays so throughout. The layers that start anew learn with the head: behind random layers a head alone learns nothing.</summary>
    void Freeze(CtcModel model, bool pretrained)
    {
        foreach (var parameter in model.Encoder.parameters())
            parameter.requires_grad = !pretrained;
        if (options.FreezeFeatureEncoder)
        {
            foreach (var parameter in model.Encoder.FeatureEncoderParameters())
                parameter.requires_grad = false;
        }
        foreach (var parameter in model.Encoder.TopLayerParameters(options.ResetLayers))
            parameter.requires_grad = true;
    }
}
