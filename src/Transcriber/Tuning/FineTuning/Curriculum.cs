using Ssl.Shared.Foundation.Contracts;
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
    readonly List<IReadOnlyDictionary<int, IReadOnlyList<TranscribedWord>>> cuts = []; // words by utterance, of each time it was cut
    TrainingSet set = train;
    int[] uses = new int[train.Utterances.Count];
    AudioBatches? batches; // indices into the epoch; null: a new epoch begins
    bool knowsWords;

    /// <summary>Mean over the last updates, in nats a letter; NaN before the first, and if training diverged.</summary>
    public double RecentLoss => losses.DefaultIfEmpty(double.NaN).Average();

    /// <summary>The next batch; its tensors belong to the caller's dispose scope.</summary>
    /// <param name="audioSeconds">Maximum audio; takes effect with the next window of <see cref="AudioBatches"/>.</param>
    public TrainingBatch Next(double audioSeconds)
    {
        batches ??= NewEpoch();
        return Take(batches.Next(audioSeconds));
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
    public void CutAtWords(Recognizer? aligner, Func<bool> goOn) => Cut(WordCuts.Align(set.Utterances, aligner, recipe, goOn));

    public double[] LabelPrior() =>
        FineTuning.LabelPrior.Of(set.Labels.Select(u => u.Text), vocabulary, set.LabelSeconds / extractor.FrameSeconds);

    /// <summary>What <see cref="Load"/> needs beside the training set and the random numbers; tensors belong to the curriculum.</summary>
    public (CurriculumState State, IEnumerable<(string Name, Tensor Tensor)> Tensors) Save()
    {
        var spoken = splicer?.Recordings.ToArray() ?? [];
        var state = new CurriculumState(cuts, batches?.Position, uses, [.. losses], knowsWords, [.. spoken.Select(r => r.Words)]);
        return (state, spoken.Select((r, i) => ($"{i}", r.Features)));
    }

    /// <summary>Goes on where another curriculum on the same training set was saved.</summary>
    /// <param name="tensors">Taken over.</param>
    public void Load(CurriculumState state, IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (var words in state.Cuts)
            Cut(words);
        uses = state.Uses;
        foreach (var loss in state.Losses)
            losses.Enqueue(loss);
        knowsWords = state.KnowsWords;
        if (state.Batches is { } position)
            (batches = NewEpoch()).Position = position;
        splicer?.Load(state.Spoken.Select((words, i) => new Spoken(tensors[$"{i}"], words)));
    }

    public void Dispose()
    {
        features.Dispose();
        splicer?.Dispose();
    }

    void Cut(IReadOnlyDictionary<int, IReadOnlyList<TranscribedWord>> words)
    {
        IReadOnlyList<LabelledUtterance>[] pieces = [.. WordCuts.Of(set.Utterances, words, recipe)];
        if (pieces.All(p => p.Count == 1))
            return;
        cuts.Add(words);
        uses = [.. pieces.SelectMany((p, utterance) => Enumerable.Repeat(uses[utterance], p.Count))];
        batches?.Next(batches.Position.MaxSeconds); // dropped with the epoch: it keeps the random numbers of figures printed before
        batches = null;
        var labels = set.Labels.Count;
        set = set.With([.. pieces.Take(labels).SelectMany(p => p)], [.. pieces.Skip(labels).SelectMany(p => p)]);
        features.Dispose();
    }

    AudioBatches NewEpoch() => new([.. set.Epoch.Select(u => set.Utterances[u].DurationSeconds)], random);

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
        var maxSeconds = batches?.Position.MaxSeconds ?? 0;
        return new TrainingBatch(extractor.Pad(rows, seconds, TorchRuntime.Device, FrameStep), labels, recordings, maxSeconds);
    }
}

/// <summary>Input of one update.</summary>
/// <param name="Labels">Label numbers of each row.</param>
/// <param name="Recordings">Features to splice from, [T, C] or [S] of a waveform; null: the row is spliced, or was used too rarely.</param>
/// <param name="MaxAudioSeconds">Maximum audio of the batch; sets the learning rate.</param>
sealed record TrainingBatch(SpeechBatch Speech, IReadOnlyList<int[]> Labels, IReadOnlyList<Tensor?> Recordings, double MaxAudioSeconds);

/// <summary>State of a <see cref="Curriculum"/> without its tensors.</summary>
/// <param name="Cuts">Words that recordings were cut at, by utterance, of each time.</param>
/// <param name="Batches">Null: a new epoch begins.</param>
/// <param name="Uses">Of each utterance.</param>
/// <param name="Losses">Of the last updates.</param>
/// <param name="Spoken">Recordings to splice from, oldest first.</param>
sealed record CurriculumState(
    IReadOnlyList<IReadOnlyDictionary<int, IReadOnlyList<TranscribedWord>>> Cuts, BatchPosition? Batches, int[] Uses, double[] Losses,
    bool KnowsWords, IReadOnlyList<SpokenWords> Spoken);
