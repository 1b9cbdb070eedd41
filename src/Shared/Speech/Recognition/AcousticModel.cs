using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>A CTC model with its feature extractor: from clips to log-probabilities of labels. Thread-safe; owns the model and puts it into evaluation mode.</summary>
public sealed class AcousticModel : IDisposable
{
    public AcousticModel(CtcModel model)
    {
        (Model, Features) = (model, FeatureExtractor.For(model.Encoder.Config));
        model.eval();
    }

    public CtcModel Model { get; }

    public FeatureExtractor Features { get; }

    /// <summary>Runs clips of at most half a minute as one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<CtcOutput> Run(IReadOnlyList<ReadOnlyMemory<short>> clips)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var batch = Features.Batch(clips, TorchRuntime.Device);
        var logProbabilities = nn.functional.log_softmax(Model.Logits(batch).to(ScalarType.Float32), -1); // [B, T, V]
        var (best, labels) = logProbabilities.max(-1); // [B, T]
        var (probabilities, bestLabels) = (best.exp().cpu().data<float>().ToArray(), labels.cpu().data<long>().ToArray());
        var all = logProbabilities.cpu().contiguous().data<float>().ToArray();
        var (row, width) = ((int)batch.LongestFrameCount, Model.VocabularySize);
        return [.. batch.FrameCounts.Select((count, i) => Output(i * row, (int)count))];

        CtcOutput Output(int first, int count) => new(
            all.AsSpan(first * width, count * width).ToArray(),
            bestLabels.AsSpan(first, count).ToArray(),
            Mean(probabilities.AsSpan(first, count)));
    }

    public void Dispose() => Model.Dispose();

    static double Mean(ReadOnlySpan<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += probability;
        return probabilities.Length > 0 ? sum / probabilities.Length : 0;
    }
}
