using Ssl.Shared.Contracts;
using Ssl.Shared.Labels;
using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using static TorchSharp.torch;

namespace Ssl.Transcriber.FineTuning;

/// <summary>
/// The training part as the model reads it: features of each utterance at each speed, computed when first asked for and kept
/// (13 minutes of labels at three speeds: 75 MB), and label numbers. Used by one thread.
/// </summary>
sealed class TrainingUtterances(IReadOnlyList<LabelledUtterance> utterances, FeatureExtractor extractor, double speedChange) : IDisposable
{
    const int FrameStep = 8;

    readonly double[] speeds = speedChange > 0 ? [1, 1 - speedChange, 1 + speedChange] : [1];
    readonly Dictionary<(int Utterance, int Speed), Tensor> features = [];
    readonly string[] texts = [.. utterances.Select(u => u.Text)];

    public IReadOnlyList<double> DurationsSeconds { get; } = [.. utterances.Select(u => AudioFormat.SecondsOf(u.Samples.Length))];

    /// <summary>Label numbers; of the texts' own letters unless another order is set.</summary>
    public Vocabulary Vocabulary { get; set; } = Vocabulary.FromTexts(utterances.Select(u => u.Text));

    /// <summary>One batch; each utterance at a speed that <paramref name="random"/> picks.</summary>
    public (SpeechBatch Batch, IReadOnlyList<int[]> Labels) Take(int[] chosen, Device device, Random random)
    {
        var rows = chosen.Select(u => Features(u, random.Next(speeds.Length))).ToArray();
        return (extractor.Pad(rows, chosen.Sum(u => DurationsSeconds[u]), device, FrameStep), [.. chosen.Select(u => Vocabulary.Encode(texts[u]))]);
    }

    /// <summary>See <see cref="FineTuning.LabelPrior"/>.</summary>
    public double[] LabelPrior() => FineTuning.LabelPrior.Of(texts, Vocabulary, DurationsSeconds.Sum() / extractor.FrameSeconds);

    public void Dispose()
    {
        foreach (var tensor in features.Values)
            tensor.Dispose();
    }

    Tensor Features(int utterance, int speed)
    {
        if (!features.TryGetValue((utterance, speed), out var found))
        {
            var clip = SpeedChange.Apply(utterances[utterance].Samples, speeds[speed]);
            found = extractor.Extract(clip).DetachFromDisposeScope(); // [T, C], or [S] of a waveform
            features.Add((utterance, speed), found);
        }
        return found;
    }
}
