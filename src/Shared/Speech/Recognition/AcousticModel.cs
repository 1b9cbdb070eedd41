using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>A CTC model with its feature extractor: log-probabilities of labels from clips. Thread-safe; owns the model.</summary>
public sealed class AcousticModel : IDisposable
{
    /// <param name="model">Put into evaluation mode.</param>
    public AcousticModel(CtcModel model)
    {
        (Model, Features) = (model, FeatureExtractor.For(model.Encoder.Config));
        model.eval();
    }

    public CtcModel Model { get; }
    public FeatureExtractor Features { get; }

    /// <summary>Seconds from one frame of the output to the next.</summary>
    public double FrameSeconds => Features.FrameSeconds * (Model.Encoder.Config.Adapter?.Factor ?? 1);

    /// <summary>Runs clips of at most half a minute as one batch.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<CtcOutput> Run(IReadOnlyList<ReadOnlyMemory<short>> clips)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return Run(Features.Batch(clips, TorchRuntime.Device));
    }

    /// <summary>Runs the features of one utterance, or of a part of it, as <see cref="FeatureStream.Window"/> gives them.</summary>
    public CtcOutput Run(Tensor features)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return Run(Features.Pad([features], audioSeconds: 0, TorchRuntime.Device))[0];
    }

    public void Dispose() => Model.Dispose();

    CtcOutput[] Run(SpeechBatch batch)
    {
        using var bf16 = Model.Precision == Precision.BFloat16 ? new Bf16Autocast() : null;
        var logProbabilities = nn.functional.log_softmax(Model.Logits(batch).to(ScalarType.Float32), -1); // [B, T, V]
        var (best, labels) = logProbabilities.max(-1); // [B, T]
        var (probabilities, bestLabels) = (best.exp().cpu().data<float>().ToArray(), labels.cpu().data<long>().ToArray());
        var all = logProbabilities.cpu().contiguous().data<float>().ToArray();
        var (row, width) = ((int)logProbabilities.shape[1], Model.VocabularySize);
        var counts = Model.Encoder.Config.Adapter is { } adapter
            ? (batch.PaddedCounts ?? batch.FrameCounts).Select(adapter.FramesOf) : batch.FrameCounts;
        return [.. counts.Select((count, i) => Output(i * row, i * row + (int)count))];

        CtcOutput Output(int first, int end) => new(
            all[(first * width)..(end * width)], bestLabels[first..end],
            probabilities[first..end].Select(p => (double)p).DefaultIfEmpty().Average());
    }
}
