using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>
/// A speech encoder: features from the batch, then a context network over them. Two published layouts; masking, quantiser, losses, CTC head,
/// registry and serving are the same code for both. In eval mode under <c>inference_mode</c> any number of threads may use one encoder.
/// </summary>
/// <remarks>B: utterances, T: frames of 20 ms, C: feature size, H: hidden size.</remarks>
public abstract class SpeechEncoder(EncoderConfig config, string name) : nn.Module(name)
{
    public EncoderConfig Config => config;

    /// <summary>C.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>H.</summary>
    public int HiddenSize => config.HiddenSize;

    /// <summary>A new encoder with transformers' initial distribution of weights, the same for the same seed.</summary>
    public static SpeechEncoder Create(EncoderConfig config, int seed)
    {
        var encoder = Create(config);
        using var generator = new Generator((ulong)seed, CPU);
        encoder.Initialise(generator);
        return encoder;
    }

    /// <summary>An encoder whose weights are about to be loaded.</summary>
    internal static SpeechEncoder Create(EncoderConfig config) => config switch
    {
        Wav2Vec2BertConfig bert => new Wav2Vec2BertEncoder(bert),
        _ => throw new NotSupportedException($"no encoder for {config.ModelType}"),
    };

    /// <summary>Normalised features: what the quantiser reads. [B, T, C]</summary>
    public abstract Tensor ExtractFeatures(SpeechBatch batch);

    /// <summary>The context network. [B, T, C] to [B, T, H]</summary>
    /// <param name="frameMask">bool [B, T]; false on padding.</param>
    /// <param name="timeMask">bool [B, T]; true where the learned mask vector stands for the frame.</param>
    /// <param name="hiddenStates">Takes the input of each layer and the last output, for those who look inside.</param>
    public abstract Tensor Contextualise(Tensor features, Tensor frameMask, Tensor? timeMask = null, IList<Tensor>? hiddenStates = null);

    /// <summary>
    /// Gives the last layers new weights. The longer one pretrains, the more they turn from speech sounds to the objective's own ends
    /// (arXiv 2107.04734); with few labels it is better to learn them anew.
    /// </summary>
    public void ResetTopLayers(int count, int seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        for (var layer = Math.Max(0, config.NumHiddenLayers - count); layer < config.NumHiddenLayers; layer++)
            InitialiseLayer(layer, generator);
    }

    protected abstract void Initialise(Generator generator);

    protected abstract void InitialiseLayer(int layer, Generator generator);
}
