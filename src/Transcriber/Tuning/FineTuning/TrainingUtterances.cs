using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// The training part as the model reads it: features of each utterance at each speed, computed when first asked for and kept as far as there is room
/// (13 minutes of labels at three speeds: 75 MB), and label numbers. Used by one thread.
/// </summary>
sealed class TrainingUtterances(TrainingSet set, FeatureExtractor extractor, FineTuningOptions options) : IDisposable
{
    const int FrameStep = 8;
    const double MostKeptSeconds = 2 * 3600; // 230 MB of log-mel; what comes later is computed anew each time

    readonly double[] speeds = options.SpeedChange > 0 ? [1, 1 - options.SpeedChange, 1 + options.SpeedChange] : [1];
    readonly Dictionary<(int Utterance, int Speed), Tensor> features = [];
    TrainingSet set = set;
    int[] turns = new int[set.Utterances.Count];
    double keptSeconds;

    /// <summary>Label numbers; of the true labels' own letters unless another order is set.</summary>
    public Vocabulary Vocabulary { get; set; } = Vocabulary.FromTexts(set.Labels.Select(u => u.Text));

    /// <summary>Cuts long recordings between words (<see cref="WordCuts"/>). A piece was heard as often as the whole; batches begin a new epoch where anything was cut.</summary>
    public void CutAtWords(Recognizer? aligner, Func<bool> goOn)
    {
        IReadOnlyList<LabelledUtterance>[] pieces = [.. WordCuts.Of(set.Utterances, aligner, options, goOn)];
        if (pieces.All(p => p.Count == 1))
            return;
        turns = [.. pieces.SelectMany((p, utterance) => Enumerable.Repeat(turns[utterance], p.Count))];
        set = new TrainingSet([.. pieces.Take(set.Labels.Count).SelectMany(p => p)], [.. pieces.Skip(set.Labels.Count).SelectMany(p => p)], set.TrueShare);
        Forget();
    }

    /// <summary>Endless batches, as items of an epoch. See <see cref="AudioBatches.Endless"/>.</summary>
    public IEnumerable<int[]> Batches(Func<double> batchSeconds, Random random)
    {
        while (true)
        {
            var drawn = set;
            foreach (var batch in AudioBatches.Endless([.. drawn.Epoch.Select(u => Seconds(drawn.Utterances[u]))], batchSeconds, random).TakeWhile(_ => drawn == set))
                yield return batch;
        }
    }

    /// <summary>One batch; each utterance at a speed that <paramref name="random"/> picks. Features that are not kept are the caller's dispose scope's.</summary>
    /// <param name="chosen">Items of an epoch.</param>
    /// <param name="splicer">Puts others in the place of some that were heard often; null: none.</param>
    public TrainingBatch Take(int[] chosen, Splicer? splicer, Device device, Random random)
    {
        var (rows, labels, recordings, seconds) = (new List<Tensor>(), new List<int[]>(), new List<Tensor?>(), 0.0);
        foreach (var item in chosen)
        {
            var utterance = set.Epoch[item];
            var whole = Features(utterance, random.Next(speeds.Length));
            var turn = ++turns[utterance];
            var spliced = splicer is not null && turn > options.SpliceAfterHearings && random.NextDouble() < options.SplicedShare ? splicer.Next(whole.shape[0], random) : null;
            rows.Add(spliced?.Features ?? whole);
            seconds += Seconds(set.Utterances[utterance]) * rows[^1].shape[0] / whole.shape[0];
            labels.Add(Vocabulary.Encode(spliced?.Text ?? set.Utterances[utterance].Text));
            recordings.Add(spliced is null && turn >= options.SpliceAfterHearings ? whole : null);
        }
        return new TrainingBatch(extractor.Pad(rows, seconds, device, FrameStep), labels, recordings);
    }

    /// <summary>See <see cref="FineTuning.LabelPrior"/>.</summary>
    public double[] LabelPrior() => FineTuning.LabelPrior.Of(set.Labels.Select(u => u.Text), Vocabulary, set.LabelSeconds / extractor.FrameSeconds);

    public void Dispose() => Forget();

    static double Seconds(LabelledUtterance utterance) => AudioFormat.SecondsOf(utterance.Samples.Length);

    void Forget()
    {
        foreach (var tensor in features.Values)
            tensor.Dispose();
        features.Clear();
        keptSeconds = 0;
    }

    Tensor Features(int utterance, int speed)
    {
        if (features.TryGetValue((utterance, speed), out var found))
            return found;
        var clip = SpeedChange.Apply(set.Utterances[utterance].Samples, speeds[speed]);
        var made = extractor.Extract(clip); // [T, C], or [S] of a waveform
        keptSeconds += AudioFormat.SecondsOf(clip.Length);
        if (keptSeconds <= MostKeptSeconds)
            features.Add((utterance, speed), made.DetachFromDisposeScope());
        return made;
    }
}
