namespace Ssl.Shared.Speech.Model;

/// <summary>Two linear layers with an activation between them. [B, T, H] to [B, T, H]</summary>
sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    readonly Dense intermediate_dense, output_dense;
    readonly EncoderConfig config;
    readonly Func<Tensor, Tensor> activation;

    public FeedForward(EncoderConfig config, Func<Tensor, Tensor> activation) : base(nameof(FeedForward))
    {
        (this.config, this.activation) = (config, activation);
        intermediate_dense = new Dense(config.HiddenSize, config.IntermediateSize);
        output_dense = new Dense(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var intermediate = activation(intermediate_dense.forward(input)); // [B, T, intermediate]
        intermediate = nn.functional.dropout(intermediate, config.ActivationDropout, training);
        return nn.functional.dropout(output_dense.forward(intermediate), config.HiddenDropout, training);
    }
}
