namespace Ssl.Shared.Speech.Model;

/// <summary>A convolution with a gate (transformers: <c>Wav2Vec2AdapterLayer</c>). [B, T, O] to [B, T', O]</summary>
sealed class TransformerAdapterLayer : AdapterLayer
{
    readonly Conv1d conv;

    public TransformerAdapterLayer(AdapterConfig config) : base(nameof(TransformerAdapterLayer))
    {
        conv = Convolution(config);
        RegisterComponents();
    }

    public override Tensor Forward(Tensor hidden, Tensor? absent, Tensor? attended) => Pool(hidden, absent, conv);
}
