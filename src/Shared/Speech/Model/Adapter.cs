namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Strided convolutions between context network and head (transformers: <c>adapter</c>); used by recognizers, not trained here. They read
/// zeros beyond the end of each utterance, so that a result does not depend on the rest of the batch; the reference's read its padding.
/// [B, T, H] to [B, T', O]
/// </summary>
sealed class Adapter : nn.Module
{
    readonly Dense? proj;
    readonly LayerNorm? proj_layer_norm;
    readonly ModuleList<AdapterLayer> layers;
    readonly AdapterConfig config;

    public Adapter(AdapterConfig config, int hiddenSize, double normEps, Func<AdapterLayer> newLayer) : base(nameof(Adapter))
    {
        this.config = config;
        if (config.OutputSize != hiddenSize)
        {
            proj = new Dense(hiddenSize, config.OutputSize);
            proj_layer_norm = nn.LayerNorm(config.OutputSize, normEps);
        }
        layers = new([.. Enumerable.Range(0, config.Layers).Select(_ => newLayer())]);
        RegisterComponents();
    }

    /// <param name="counts">Frames of each utterance.</param>
    /// <param name="attended">Frames of each utterance without a last one that is masked.</param>
    public Tensor Forward(Tensor hidden, long[] counts, long[] attended)
    {
        hidden = proj is null ? hidden : proj_layer_norm!.forward(proj.forward(hidden));
        foreach (var layer in layers)
        {
            if (hidden.shape[1] < config.MinFrames)
                hidden = nn.functional.pad(hidden, (0, 0, 0, config.MinFrames - hidden.shape[1]));
            var absent = Beyond(counts, hidden.shape[1], hidden.device)?.unsqueeze(-1); // [B, T, 1]
            (counts, attended) = (Array.ConvertAll(counts, config.LayerFrames), Array.ConvertAll(attended, config.LayerFrames));
            var unattended = Beyond(attended, config.LayerFrames(hidden.shape[1]), hidden.device); // [B, T']
            hidden = layer.Forward(hidden, absent, unattended?.logical_not().unsqueeze(1).unsqueeze(1));
        }
        return hidden;
    }

    /// <summary>True after the frames of each utterance; null where all are full. bool [B, T]</summary>
    static Tensor? Beyond(long[] counts, long frames, Device device) => counts.All(count => count >= frames) ? null
        : tensor(Enumerable.Range(0, (int)frames).Select(t => (long)t).ToArray(), device: device).unsqueeze(0)
            >= tensor(counts, device: device).unsqueeze(1);
}

/// <summary>One layer of an adapter.</summary>
abstract class AdapterLayer(string name) : nn.Module(name)
{
    /// <param name="absent">bool [B, T, 1]; true after the end of an utterance. Null: nowhere.</param>
    /// <param name="attended">bool [B, 1, 1, T'] of the output; null: all frames.</param>
    public abstract Tensor Forward(Tensor hidden, Tensor? absent, Tensor? attended);

    protected static Conv1d Convolution(AdapterConfig config) =>
        nn.Conv1d(config.OutputSize, 2 * config.OutputSize, config.KernelSize, config.Stride, config.Padding);

    /// <summary>Convolution and gate. [B, T, O] to [B, T', O]</summary>
    protected static Tensor Pool(Tensor hidden, Tensor? absent, Conv1d convolution)
    {
        hidden = absent is null ? hidden : hidden.masked_fill(absent, Torch.Constant.Zero);
        return nn.functional.glu(convolution.forward(hidden.transpose(1, 2)), 1).transpose(1, 2);
    }
}
