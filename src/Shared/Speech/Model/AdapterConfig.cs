namespace Ssl.Shared.Speech.Model;

/// <summary>Shape of the strided convolutions after the context network (transformers: <c>add_adapter</c>).</summary>
/// <param name="OutputSize">Width of the output, read by the head.</param>
/// <param name="Padding">Zeros before the first frame and after the last; a constant of the layout.</param>
/// <param name="Activation">Of the feed-forward blocks: relu, gelu or swish (<c>wav2vec2-bert</c> alone).</param>
/// <param name="FeedsForward">Whether a feed-forward block comes first (<c>wav2vec2-bert</c> alone).</param>
public sealed record AdapterConfig(
    int Layers, int KernelSize, int Stride, int OutputSize, int Padding, string Activation = "relu", bool FeedsForward = false)
{
    /// <summary>Frames of the output of one layer; shorter inputs are padded to one window.</summary>
    public long LayerFrames(long frames) => (Math.Max(frames, MinFrames) + 2 * Padding - KernelSize) / Stride + 1;

    /// <summary>Frames of the output of all layers.</summary>
    public long FramesOf(long frames) => Enumerable.Range(0, Layers).Aggregate(frames, (count, _) => LayerFrames(count));

    /// <summary>Frames of the encoder to one of the output.</summary>
    public double Factor => Math.Pow(Stride, Layers);

    internal int MinFrames => KernelSize - 2 * Padding;

    /// <summary>Lower bound of the number of weights.</summary>
    internal long MinWeights => 2L * Layers * OutputSize * OutputSize * KernelSize;

    /// <returns>Null where the encoder has none.</returns>
    /// <param name="layers">Of a file without <c>num_adapter_layers</c>.</param>
    internal static AdapterConfig? From(ConfigFields fields, int hiddenSize, int layers, Func<int, int> paddingOf)
    {
        if (!fields.Flag("add_adapter", false))
            return null;
        var stride = fields.Size("adapter_stride", 2);
        var adapter = new AdapterConfig(
            fields.Layers("num_adapter_layers", layers), fields.Size("adapter_kernel_size", 3), stride,
            fields.Size("output_hidden_size", hiddenSize), paddingOf(stride), fields.Text("adapter_act", "relu"),
            fields.Flag("use_intermediate_ffn_before_adapter", false));
        return adapter.Activation is "relu" or "gelu" or "swish" or "silu" ? adapter
            : throw fields.Refuse("adapter_act", adapter.Activation, "relu, gelu or swish");
    }
}
