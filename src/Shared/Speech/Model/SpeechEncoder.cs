using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// A speech encoder: features from the batch, then a context network over them. Two published layouts; masking, quantiser, losses, CTC head,
/// registry and serving are the same code for both. In eval mode under <c>inference_mode</c> any number of threads may use one encoder.
/// </summary>
/// <remarks>B: utterances, T: frames (20 ms; 30 ms in Tiny), C: feature size, H: hidden size.</remarks>
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
        Wav2Vec2Config waveform => new Wav2Vec2Encoder(waveform),
        _ => throw new NotSupportedException($"no encoder for {config.ModelType}"),
    };

    /// <summary>How much of the gradient reaches the convolutions on the waveform (wav2vec 2.0: 0.1); a matter of training, not of shape. No effect on log-mel.</summary>
    public double FeatureGradientScale { get; set; } = 1;

    /// <summary>Normalised features: what the quantiser reads. [B, T, C]</summary>
    public Tensor ExtractFeatures(SpeechBatch batch) => ExtractFeatures(batch, out _);

    /// <param name="penalty">Mean square of the features before their norm (wav2vec 2.0 adds ten times that to its loss); null where nothing before the norm is learnt.</param>
    public abstract Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty);

    /// <summary>The context network. [B, T, C] to [B, T, H]</summary>
    /// <param name="frameMask">bool [B, T]; false on padding. Null: there is none, which is faster.</param>
    /// <param name="timeMask">bool [B, T]; true where the learned mask vector stands for the frame.</param>
    /// <param name="hiddenStates">Takes the input of each layer and the last output, for those who look inside.</param>
    public Tensor Contextualise(Tensor features, Tensor? frameMask, Tensor? timeMask = null, IList<Tensor>? hiddenStates = null)
    {
        if (features.dim() != 3 || features.shape[2] != FeatureSize)
            throw new ArgumentException($"features are [{string.Join(", ", features.shape)}], expected [B, T, {FeatureSize}]", nameof(features));
        foreach (var mask in new[] { frameMask, timeMask })
        {
            if (mask is not null && (mask.dtype != ScalarType.Bool || !mask.shape.AsSpan().SequenceEqual(features.shape.AsSpan(0, 2))))
                throw new ArgumentException($"mask is {mask.dtype} [{string.Join(", ", mask.shape)}], expected Bool [{features.shape[0]}, {features.shape[1]}]");
        }
        return RunContextNetwork(features, frameMask, timeMask, hiddenStates);
    }

    /// <summary>What stays frozen when few labels are learnt (wav2vec 2.0, section 4.3): the convolutions on the waveform; empty for log-mel.</summary>
    public abstract IEnumerable<Parameter> FeatureEncoderParameters();

    /// <summary>Adds what fine-tuning has taught another encoder of the same shape: how far its weights have moved (a task vector, arXiv 2212.04089).</summary>
    /// <param name="origin">The other encoder before its fine-tuning.</param>
    public void AddTaught(SpeechEncoder tuned, SpeechEncoder origin)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var (moved, start) = (tuned.state_dict(), origin.state_dict());
        foreach (var (name, weight) in state_dict())
            weight.add_(moved[name].to(weight.device).sub(start[name].to(weight.device)), Constant.One);
    }

    protected abstract Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates);

    protected abstract void Initialise(Generator generator);

    /// <summary>Section 3.1 of wav2vec 2.0: masked frames are one learned vector.</summary>
    protected static Tensor ReplaceMasked(Tensor projected, Tensor? timeMask, Tensor vector) =>
        timeMask is null ? projected : where(timeMask.unsqueeze(-1), vector.to(projected.dtype), projected);
}
