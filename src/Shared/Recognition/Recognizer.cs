using Ssl.Shared.Contracts;
using Ssl.Shared.Model;
using Ssl.Shared.Torch;
using static TorchSharp.torch;

namespace Ssl.Shared.Recognition;

/// <summary>A CTC model with its vocabulary and features: clips in, text out. Any number of threads may use one; it owns the model.</summary>
public sealed class Recognizer : IDisposable
{
    public Recognizer(CtcModel model, Vocabulary vocabulary)
    {
        (Model, Vocabulary) = (model, vocabulary);
        Features = FeatureExtractor.For(model.Encoder.Config);
        model.eval();
    }

    public CtcModel Model { get; }

    public Vocabulary Vocabulary { get; }

    public FeatureExtractor Features { get; }

    /// <summary>Transcribes clips of at most half a minute as one batch, greedily.</summary>
    /// <param name="clips">16 kHz mono PCM16.</param>
    public IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips)
    {
        using var guard = inference_mode();
        using var batch = Features.Batch(clips, TorchRuntime.Device);
        return Transcribe(batch);
    }

    /// <summary>Transcribes features that were extracted before.</summary>
    public IReadOnlyList<Transcription> Transcribe(SpeechBatch batch)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var (best, labels) = nn.functional.softmax(Model.Logits(batch), -1).max(-1); // [B, T]
        var (probabilities, frames) = (best.to(ScalarType.Float32).cpu().data<float>().ToArray(), labels.cpu().data<long>().ToArray());
        var row = (int)batch.LongestFrameCount;
        return [.. batch.FrameCounts.Select((count, i) => Spell(frames.AsSpan(i * row, (int)count), probabilities.AsSpan(i * row, (int)count)))];
    }

    public void Dispose() => Model.Dispose();

    Transcription Spell(ReadOnlySpan<long> labels, ReadOnlySpan<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += probability;
        var words = GreedyDecoder.Decode(labels, Vocabulary)
            .Select(w => new TranscribedWord(w.Word, w.StartFrame * Features.FrameSeconds, w.EndFrame * Features.FrameSeconds)).ToArray();
        return new Transcription(string.Join(' ', words.Select(w => w.Word)), words, probabilities.Length > 0 ? sum / probabilities.Length : 0);
    }
}
