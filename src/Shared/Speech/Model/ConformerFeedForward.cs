using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Two linear layers with swish between them. [B, T, H] to [B, T, H]</summary>
sealed class ConformerFeedForward : nn.Module<Tensor, Tensor>
{
    readonly Linear intermediate_dense;
    readonly Linear output_dense;
    readonly Wav2Vec2BertConfig config;

    public ConformerFeedForward(Wav2Vec2BertConfig config) : base(nameof(ConformerFeedForward))
    {
        this.config = config;
        intermediate_dense = nn.Linear(config.HiddenSize, config.IntermediateSize);
        output_dense = nn.Linear(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var intermediate = nn.functional.silu(intermediate_dense.forward(input)); // [B, T, intermediate]
        intermediate = nn.functional.dropout(intermediate, config.ActivationDropout, training);
        return nn.functional.dropout(output_dense.forward(intermediate), config.HiddenDropout, training);
    }
}
