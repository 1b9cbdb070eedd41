using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// Hidden states of an encoder as vectors, for classifiers, regressors and search on top (SUPERB, arXiv 2105.01051). Thread-safe; owns the
/// encoder.
/// </summary>
public sealed class EmbeddingModel : IDisposable
{
    const int PieceSamples = 20 * AudioFormat.SampleRateHz; // attention grows with the square of the length

    readonly SpeechEncoder encoder;
    readonly FeatureExtractor features;

    /// <param name="encoder">Put into evaluation mode.</param>
    public EmbeddingModel(SpeechEncoder encoder)
    {
        (this.encoder, features) = (encoder, FeatureExtractor.For(encoder.Config));
        encoder.eval();
    }

    /// <summary>Layers are numbered as transformers' <c>hidden_states</c>: 0 is the input of the first one, this the last output.</summary>
    public int LastLayer => encoder.Config.NumHiddenLayers;

    /// <summary>H.</summary>
    public int Size => encoder.HiddenSize;

    public double FrameSeconds => features.FrameSeconds;

    /// <param name="clip">16 kHz mono PCM16, of any length.</param>
    /// <param name="layer">0 to <see cref="LastLayer"/>.</param>
    /// <returns>A vector a frame, computed piece by piece as they are read. [T][H]</returns>
    public IEnumerable<float[]> Frames(ReadOnlyMemory<short> clip, int layer, CancellationToken ct)
    {
        for (var start = 0; start < clip.Length; start += PieceSamples)
        {
            ct.ThrowIfCancellationRequested();
            foreach (var frame in Piece(clip.Slice(start, Math.Min(PieceSamples, clip.Length - start)), layer))
                yield return frame;
        }
    }

    /// <summary>Mean and standard deviation over frames, of each layer from 0 on. [L][2H]</summary>
    /// <param name="clip">16 kHz mono PCM16, of at most half a minute.</param>
    public float[][] Statistics(ReadOnlyMemory<short> clip)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return [.. States(clip).Select(layer => cat([layer[0].mean([0]), layer[0].std([0], unbiased: false)]))
            .Select(pooled => pooled.to(ScalarType.Float32).cpu().data<float>().ToArray())];
    }

    IEnumerable<float[]> Piece(ReadOnlyMemory<short> clip, int layer)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return States(clip)[layer].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray().Chunk(encoder.HiddenSize);
    }

    /// <returns>[1, T, H] of each layer.</returns>
    List<Tensor> States(ReadOnlyMemory<short> clip)
    {
        var (batch, states) = (features.Batch([clip], TorchRuntime.Device), new List<Tensor>());
        encoder.Contextualise(encoder.ExtractFeatures(batch), batch.PaddingMask, timeMask: null, states);
        return states;
    }

    public void Dispose() => encoder.Dispose();
}
