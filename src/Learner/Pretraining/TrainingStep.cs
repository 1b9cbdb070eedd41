using Ssl.Learner.Seeding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// One step of pretraining, in the order of the paper (wav2vec 2.0, arXiv 2006.11477; masked prediction: BEST-RQ, arXiv 2202.01855).
/// Not thread-safe.
/// </summary>
/// <remarks>
/// B: utterances, T: frames, C: feature size, H: hidden size, M: width of <see cref="MaskedFrames"/>, K: distractors, G·d: codevectors,
/// D: projection.
/// </remarks>
sealed class TrainingStep(PretrainingModel model, FusedAdamW optimizer, PretrainingRecipe recipe, TrainingOptions training) : IDisposable
{
    readonly PretrainingRecipe recipe = recipe.ForFrames(FeatureExtractor.For(model.Encoder.Config).FrameSeconds);
    readonly Generator noiseGenerator = new(0);
    long[] candidateBuffer = []; // 400 kB: reused, as each new one would go to the large-object heap

    /// <summary>Trains on a batch. If a gradient is not finite, the weights do not change.</summary>
    /// <param name="parts">
    /// Micro-batches of equal frame count. Each loss is weighted by its share of all masked frames, so the accumulated gradient equals that
    /// of one large batch.
    /// </param>
    /// <param name="seed">All random numbers depend on it and on <paramref name="step"/>.</param>
    public StepOutcome Run(IReadOnlyList<SpeechBatch> parts, long seed, long step)
    {
        using var scope = NewDisposeScope();
        model.Encoder.FeatureGradientScale = recipe.FeatureGradientScale;
        manual_seed(new SeededRandom(seed, step, RandomPurpose.Dropout).NextSeed());
        optimizer.ZeroGrad();
        var masked = MaskedFrames.Draw([.. parts.SelectMany(p => p.FrameCounts)], (int)parts[0].MaxFrameCount, recipe, seed, step);
        var (sums, row) = (Array.Empty<Tensor>(), 0);
        for (var part = 0; part < parts.Count; row += parts[part++].Size)
        {
            using var inner = NewDisposeScope();
            var own = parts.Count == 1 ? masked : masked.Slice(row, parts[part].Size);
            using Scalar share = own.Total / (double)masked.Total;
            var terms = Objective(parts[part], own, seed, step, part, row).Select(term => term * share).ToArray();
            terms[0].backward();
            sums = [.. terms.Select((term, i) => (part == 0 ? term.detach() : sums[i].Plus(term.detach())).MoveToOuterDisposeScope())];
        }
        var norm = optimizer.ClipGradientsDeferred(recipe.MaxGradientNorm);
        optimizer.Step(recipe.LearningRateAt(step, training.LearningRate));
        return Read(sums, norm, masked.Total / (double)parts.Sum(p => p.FrameCounts.Sum()), parts.Sum(p => p.AudioSeconds));
    }

    public void Dispose() => noiseGenerator.Dispose();

    /// <summary>Forward pass of a micro-batch: the loss, its terms (means over masked frames), hard and soft perplexities [G].</summary>
    /// <param name="firstRow">Number of utterances in earlier parts of the step.</param>
    internal Tensor[] Objective(SpeechBatch batch, MaskedFrames masked, long seed, long step, int part, int firstRow)
    {
        // Section 2: feature encoder, and section 3.1: masking, then the context network.
        var encoded = Encode(batch, masked, seed, step, firstRow);
        var noise = model.Heads.Quantizer.Noise(masked.Rows * masked.Width, Seeded(seed, step, part), batch.Inputs.device);
        var candidates = Candidates(masked, seed, step, part).to(batch.Inputs.device);                          // [B, M, 1 + K]
        return Losses(batch, masked, encoded, noise, candidates, recipe.GumbelTemperatureAt(step));
    }

    /// <summary>Losses of an encoded micro-batch; deterministic.</summary>
    /// <param name="encoded">Input of the quantiser [B, T, C], context vectors [B, T, H], feature penalty of a waveform encoder.</param>
    internal Tensor[] Losses(
        SpeechBatch batch, MaskedFrames masked, (Tensor Features, Tensor Context, Tensor? Penalty) encoded, Tensor noise,
        Tensor candidates, double temperature)
    {
        var ((features, context, penalty), heads, device) = (encoded, model.Heads, batch.Inputs.device);
        var (at, weights) = (masked.GatherIndex(device), masked.MeanWeights(device));                          // [B·M], [B, M]
        var maskedContext = masked.Gather(context, at);                                                        // [B, M, H]

        // Section 2, quantisation module: of the masked frames only, as targets and distractors are masked frames.
        var quantised = heads.Quantizer.Quantise(masked.Gather(features, at), temperature, noise);            // [B, M, G·d]

        // Section 3.2: contrastive loss against distractors of the same utterance, and diversity loss.
        var (projected, targets) = (heads.ProjectContext(maskedContext), heads.ProjectQuantised(quantised.Vectors)); // [B, M, D] each
        var contrastive = ContrastiveLoss.Of(projected, targets, quantised.Codes, candidates, weights, recipe);
        var softPerplexities = DiversityLoss.Perplexities(quantised.Probabilities, weights);                  // [G]
        var diversity = DiversityLoss.Of(softPerplexities, heads.Quantizer.Shape.CodeCount);

        // BEST-RQ: the random-projection code of each masked frame's log-mel features.
        var prediction = Prediction(batch, masked, maskedContext, at, weights);

        using Scalar diversityWeight = recipe.DiversityWeight, contrastiveWeight = recipe.ContrastiveWeight;
        using Scalar predictionWeight = recipe.MaskedPredictionWeight, penaltyWeight = recipe.FeaturePenaltyWeight;
        var contrast = contrastive.Loss.Plus(diversityWeight * diversity);
        var weighted = contrastiveWeight * (penalty is null ? contrast : contrast.Plus(penaltyWeight * penalty));
        var loss = weighted.Plus(predictionWeight * prediction.Loss);
        var hardPerplexities = DiversityLoss.Perplexities(quantised.Choices, weights);
        return [
            loss, contrastive.Loss, diversity, prediction.Loss, contrastive.Accuracy, prediction.Accuracy,
            hardPerplexities, softPerplexities,
        ];
    }

    /// <summary>Zero if its weight is zero: a waveform batch then has no log-mel features.</summary>
    ObjectiveLoss Prediction(SpeechBatch batch, MaskedFrames masked, Tensor maskedContext, Tensor at, Tensor weights)
    {
        if (recipe.MaskedPredictionWeight == 0)
            return new ObjectiveLoss(zeros([], device: maskedContext.device), zeros([], device: maskedContext.device));
        var targets = masked.Gather(batch.LogMel ?? batch.Inputs, at).flatten(0, 1);                          // [B·M, F]
        var codes = model.Heads.RandomProjection.Of(targets).view(masked.Rows, masked.Width);                 // [B, M]
        return MaskedPredictionLoss.Of(model.Heads.PredictCodes(maskedContext), codes, weights);
    }

    /// <summary>Targets and quantiser use the original features, the context network those with a warped mel axis.</summary>
    (Tensor Features, Tensor Context, Tensor? Penalty) Encode(SpeechBatch batch, MaskedFrames masked, long seed, long step, int firstRow)
    {
        using var bf16 = Bf16Autocast.WhereFast(training.Bf16);
        var features = model.Encoder.ExtractFeatures(batch, out var penalty);
        var factors = WarpFactors(batch.Size, seed, step, firstRow);
        var warped = factors is not null && model.Encoder.Config is Wav2Vec2BertConfig { Stride: var stacked }
            ? model.Encoder.ExtractFeatures(batch with { Inputs = FrequencyWarp.Apply(batch.Inputs, stacked, factors) })
            : features;
        var context = model.Encoder.Contextualise(warped, batch.PaddingMask, masked.TimeMask(batch.Inputs.device));
        return (features.to_type(ScalarType.Float32), context.to_type(ScalarType.Float32), penalty);
    }

    /// <summary>One factor an utterance, the same for any division into micro-batches; null: no warp.</summary>
    double[]? WarpFactors(int utterances, long seed, long step, int firstRow)
    {
        if (recipe.FrequencyWarp == 0)
            return null;
        var random = new SeededRandom(seed, step, RandomPurpose.FrequencyWarp);
        var factors = new double[firstRow + utterances];
        for (var row = 0; row < factors.Length; row++)
            factors[row] = FrequencyWarp.Factor(recipe.FrequencyWarp, random.NextDouble());
        return factors[firstRow..];
    }

    Tensor Candidates(MaskedFrames masked, long seed, long step, int part)
    {
        var count = DistractorSampler.CountFor(masked, recipe.Distractors);
        if (candidateBuffer.Length < count)
            candidateBuffer = new long[count + count / 4];
        DistractorSampler.Draw(masked, recipe.Distractors, seed, step, part, candidateBuffer);
        return frombuffer(candidateBuffer, ScalarType.Int64, count).view(masked.Rows, masked.Width, 1 + recipe.Distractors);
    }

    Generator Seeded(long seed, long step, int part)
    {
        noiseGenerator.manual_seed(new SeededRandom(seed, step, RandomPurpose.GumbelNoise, part).NextSeed());
        return noiseGenerator;
    }

    /// <summary>The only point where the host waits for the device.</summary>
    static StepOutcome Read(Tensor[] sums, Tensor norm, double maskedShare, double audioSeconds)
    {
        var device = cat([stack([.. sums[..^2], norm]), sums[^2], sums[^1]]);
        var read = Array.ConvertAll(device.cpu().data<float>().ToArray(), value => (double)value);
        var books = (read.Length - sums.Length + 1) / 2;
        var (hard, soft) = (read[^(2 * books)..^books], read[^books..]);
        return new StepOutcome(read[0], read[1], read[2], read[3], read[4], read[5], hard, soft, read[6], maskedShare, audioSeconds);
    }
}
