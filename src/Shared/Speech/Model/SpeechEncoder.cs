using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Features of a batch, then a context network over them, in one of two published layouts. Thread-safe in eval mode under
/// <c>inference_mode</c>.
/// </summary>
/// <remarks>B: utterances, T: frames (20 ms; Tiny stacks three of 10 ms: 30 ms), C: feature size, H: hidden size.</remarks>
public abstract class SpeechEncoder(EncoderConfig config, string name) : nn.Module(name)
{
    public EncoderConfig Config => config;
    public int HiddenSize => config.HiddenSize;

    /// <summary>C.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>Width of what a head reads: H, or the adapter's.</summary>
    public int OutputSize => config.Adapter?.OutputSize ?? config.HiddenSize;

    /// <summary>A new encoder with transformers' initial distribution of weights, reproducible by the seed.</summary>
    public static SpeechEncoder Create(EncoderConfig config, int seed)
    {
        var encoder = Create(config);
        using var generator = new Generator((ulong)seed, CPU);
        Initialisation.Apply(encoder, config.InitializerRange, generator);
        return encoder;
    }

    /// <summary>A new encoder to load weights into.</summary>
    internal static SpeechEncoder Create(EncoderConfig config) => config switch
    {
        Wav2Vec2BertConfig bert => new Wav2Vec2BertEncoder(bert),
        Wav2Vec2Config waveform => new Wav2Vec2Encoder(waveform),
        _ => throw new NotSupportedException($"no encoder for {config.ModelType}"),
    };

    /// <summary>Factor on the gradient of the convolutions on the waveform (wav2vec 2.0: 0.1).</summary>
    public double FeatureGradientScale { get; set; } = 1;

    /// <summary>Normalised features, the input of the quantiser. [B, T, C]</summary>
    public Tensor ExtractFeatures(SpeechBatch batch) => ExtractFeatures(batch, out _);

    /// <param name="penalty">Mean square of the features before their norm, for wav2vec 2.0's feature penalty; null for log-mel.</param>
    public abstract Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty);

    /// <summary>The context network. [B, T, C] to [B, T, H]</summary>
    /// <param name="frameMask">bool [B, T]; false on padding. Null: no padding, which is faster.</param>
    /// <param name="timeMask">bool [B, T]; true for frames replaced by the learned mask vector.</param>
    /// <param name="hiddenStates">The input of each layer and the last output are added to it.</param>
    public Tensor Contextualise(Tensor features, Tensor? frameMask, Tensor? timeMask = null, IList<Tensor>? hiddenStates = null)
    {
        if (features.dim() != 3 || features.shape[2] != FeatureSize)
            throw new ArgumentException($"features are [{string.Join(", ", features.shape)}], expected [B, T, {FeatureSize}]");
        foreach (var mask in new[] { frameMask, timeMask }.OfType<Tensor>())
        {
            if (mask.dtype != ScalarType.Bool || !mask.shape.AsSpan().SequenceEqual(features.shape.AsSpan(0, 2)))
                throw new ArgumentException(
                    $"mask is {mask.dtype} [{string.Join(", ", mask.shape)}], expected Bool [{features.shape[0]}, {features.shape[1]}]");
        }
        return RunContextNetwork(features, frameMask, timeMask, hiddenStates);
    }

    /// <summary>What a head reads: the context network's output, through the adapter if there is one. [B, T, H] to [B, T', O]</summary>
    internal virtual Tensor Adapt(Tensor hidden, SpeechBatch batch) => hidden;

    /// <summary>The convolutions on the waveform, frozen in fine-tuning (wav2vec 2.0, section 4.3); none for log-mel.</summary>
    public virtual IEnumerable<Parameter> FeatureEncoderParameters() => [];

    /// <summary>Adds a task vector (arXiv 2212.04089): what fine-tuning changed in another encoder of the same shape.</summary>
    /// <param name="origin">The other encoder before its fine-tuning.</param>
    public void AddTaskVector(SpeechEncoder tuned, SpeechEncoder origin)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var (moved, start) = (tuned.state_dict(), origin.state_dict());
        foreach (var (name, weight) in state_dict())
            weight.add_(moved[name].to(weight.device).sub(start[name].to(weight.device)), Constant.One);
    }

    protected abstract Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates);

    /// <summary>Section 3.1 of wav2vec 2.0: masked frames are replaced by one learned vector.</summary>
    protected static Tensor ReplaceMasked(Tensor projected, Tensor? timeMask, Tensor vector) =>
        timeMask is null ? projected : where(timeMask.unsqueeze(-1), vector.to(projected.dtype), projected);
}
