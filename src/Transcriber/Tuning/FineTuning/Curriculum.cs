using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Augmentation;
using Ssl.Transcriber.Tuning.Recipes;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Decides what the next batch holds: true labels, repeated if there are pseudo-labels; pieces of long recordings, cut between words;
/// utterances spliced from words of others. Used by one thread.
/// </summary>
sealed class Curriculum(
    TrainingSet train, Vocabulary vocabulary, FeatureExtractor extractor, FineTuningRecipe recipe,
    SpeechAugmentation augmentation, Random random) : IDisposable
{
    const int FrameStep = 8;
    const int RecentUpdates = 20;

    readonly FeatureCache features = new(extractor, augmentation);
    readonly Splicer? splicer =
        recipe.SplicedShare > 0 && train.Labels.Any(u => u.Text.Contains(' ', StringComparison.Ordinal))
            ? new Splicer(vocabulary, recipe.MaxSplicedWords) : null;
    readonly Queue<double> losses = [];
    TrainingSet set = train;
    int[] uses = new int[train.Utterances.Count];
    IEnumerator<int[]>? batches;
    double wishedSeconds; // for the next window of batches
    double maxSeconds; // of the present one
    bool knowsWords;

    /// <summary>Mean over the last updates, in nats a letter; NaN before the first, and if training diverged.</summary>
    public double RecentLoss => losses.DefaultIfEmpty(double.NaN).Average();

    /// <summary>The next batch; its tensors belong to the caller's dispose scope.</summary>
    /// <param name="audioSeconds">Maximum audio; takes effect with the next window of <see cref="AudioBatches"/>.</param>
    public TrainingBatch Next(double audioSeconds)
    {
        wishedSeconds = audioSeconds;
        batches ??= Batches().GetEnumerator();
        batches.MoveNext();
        return Take(batches.Current);
    }

    /// <summary>Records the result of an update.</summary>
    /// <param name="logits">The model's output for the batch. [B, T, V]</param>
    /// <param name="loss">In nats a letter.</param>
    /// <returns>True once, when the loss falls below <see cref="FineTuningRecipe.WordsBelowLoss"/>; then splicing begins.</returns>
    public bool Learn(TrainingBatch batch, Tensor logits, double loss)
    {
        splicer?.Add(batch, logits);
        losses.Enqueue(loss);
        if (losses.Count > RecentUpdates)
            losses.Dequeue();
        return !knowsWords && (knowsWords = RecentLoss < recipe.WordsBelowLoss);
    }

    /// <summary>Applies <see cref="WordCuts"/> and starts a new epoch. A piece inherits the use count of its recording.</summary>
    public void CutAtWords(Recognizer? aligner, Func<bool> goOn)
    {
        IReadOnlyList<LabelledUtterance>[] pieces = [.. WordCuts.Of(set.Utterances, aligner, recipe, goOn)];
        if (pieces.All(p => p.Count == 1))
            return;
        uses = [.. pieces.SelectMany((p, utterance) => Enumerable.Repeat(uses[utterance], p.Count))];
        var labels = set.Labels.Count;
        set = new TrainingSet([.. pieces.Take(labels).SelectMany(p => p)], [.. pieces.Skip(labels).SelectMany(p => p)], set.TrueShare);
        features.Dispose();
    }

    public double[] LabelPrior() =>
        FineTuning.LabelPrior.Of(set.Labels.Select(u => u.Text), vocabulary, set.LabelSeconds / extractor.FrameSeconds);

    public void Dispose()
    {
        features.Dispose();
        splicer?.Dispose();
    }

    /// <summary>Indices into the epoch; a new epoch begins when recordings were cut.</summary>
    IEnumerable<int[]> Batches()
    {
        while (true)
        {
            var drawn = set;
            double[] durations = [.. drawn.Epoch.Select(u => drawn.Utterances[u].DurationSeconds)];
            foreach (var batch in AudioBatches.Endless(durations, () => maxSeconds = wishedSeconds, random).TakeWhile(_ => drawn == set))
                yield return batch;
        }
    }

    /// <param name="chosen">Indices into the epoch.</param>
    internal TrainingBatch Take(int[] chosen)
    {
        var (rows, labels, recordings, seconds) = (new List<Tensor>(), new List<int[]>(), new List<Tensor?>(), 0.0);
        foreach (var utterance in chosen.Select(item => set.Epoch[item]))
        {
            var whole = features.Of(set.Utterances, utterance, augmentation.DrawSpeed());
            var use = ++uses[utterance];
            var spliced = knowsWords && splicer is not null && use > recipe.SpliceAfterUses && random.NextDouble() < recipe.SplicedShare
                ? splicer.Next(whole.shape[0], random) : null;
            rows.Add(spliced?.Features ?? whole);
            seconds += set.Utterances[utterance].DurationSeconds * rows[^1].shape[0] / whole.shape[0];
            labels.Add(vocabulary.Encode(spliced?.Text ?? set.Utterances[utterance].Text));
            recordings.Add(spliced is null && use >= recipe.SpliceAfterUses ? whole : null);
        }
        return new TrainingBatch(extractor.Pad(rows, seconds, TorchRuntime.Device, FrameStep), labels, recordings, maxSeconds);
    }
}

/// <summary>Input of one update.</summary>
/// <param name="Labels">Label numbers of each row.</param>
/// <param name="Recordings">Features to splice from, [T, C] or [S] of a waveform; null: the row is spliced, or was used too rarely.</param>
/// <param name="MaxAudioSeconds">Maximum audio of the batch; sets the learning rate.</param>
sealed record TrainingBatch(SpeechBatch Speech, IReadOnlyList<int[]> Labels, IReadOnlyList<Tensor?> Recordings, double MaxAudioSeconds);
