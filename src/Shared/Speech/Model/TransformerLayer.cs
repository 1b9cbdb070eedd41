using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>A transformer layer with its norms behind each sub-layer (Base) or before it (Large). [B, T, H] to [B, T, H]</summary>
sealed class TransformerLayer : nn.Module
{
    readonly TransformerAttention attention;
    readonly LayerNorm layer_norm;
    readonly TransformerFeedForward feed_forward;
    readonly LayerNorm final_layer_norm;
    readonly bool normFirst;
    readonly double dropout;

    public TransformerLayer(Wav2Vec2Config config) : base(nameof(TransformerLayer))
    {
        (normFirst, dropout) = (config.DoStableLayerNorm, config.HiddenDropout);
        attention = new TransformerAttention(config);
        layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        feed_forward = new TransformerFeedForward(config);
        final_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public Tensor Forward(Tensor hidden, Tensor? attended)
    {
        if (normFirst)
        {
            hidden = hidden.Plus(Attend(layer_norm.forward(hidden), attended));
            return hidden.Plus(feed_forward.forward(final_layer_norm.forward(hidden)));
        }
        hidden = layer_norm.forward(hidden.Plus(Attend(hidden, attended)));
        return final_layer_norm.forward(hidden.Plus(feed_forward.forward(hidden)));
    }

    Tensor Attend(Tensor hidden, Tensor? attended) => nn.functional.dropout(attention.Forward(hidden, attended), dropout, training);

    sealed class TransformerFeedForward : nn.Module<Tensor, Tensor>
    {
        readonly Linear intermediate_dense;
        readonly Linear output_dense;
        readonly Wav2Vec2Config config;

        public TransformerFeedForward(Wav2Vec2Config config) : base(nameof(TransformerFeedForward))
        {
            this.config = config;
            intermediate_dense = nn.Linear(config.HiddenSize, config.IntermediateSize);
            output_dense = nn.Linear(config.IntermediateSize, config.HiddenSize);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var intermediate = nn.functional.gelu(intermediate_dense.forward(input)); // [B, T, intermediate]
            intermediate = nn.functional.dropout(intermediate, config.ActivationDropout, training);
            return nn.functional.dropout(output_dense.forward(intermediate), config.HiddenDropout, training);
        }
    }
}
