using Ssl.Shared.Speech.Torch;
using TorchSharp.Utils;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// wav2vec 2.0's relative position embedding: a wide grouped convolution over the frames, then GELU. Weight normalisation (arXiv
/// 1602.07868) has one norm for each position of the kernel; some HuBERT models have batch norm in its place. [B, T, H] to [B, T, H]
/// </summary>
sealed class PositionalConvolution : nn.Module, IFreezable
{
    const string Bias = "conv.bias", Length = "conv.parametrizations.weight.original0";
    const string Direction = "conv.parametrizations.weight.original1", Weight = "conv.weight";

    [ComponentName(Name = Bias)]
    readonly Parameter bias; // [H]
    [ComponentName(Name = Length)]
    Parameter? length; // g [1, 1, k]; null once frozen
    [ComponentName(Name = Direction)]
    Parameter? direction; // v [H, H / groups, k]; null once frozen
    [ComponentName(Name = Weight)]
    Parameter? weight; // [H, H / groups, k]
    readonly BatchNorm1d? batch_norm;
    readonly int groups;

    public PositionalConvolution(Wav2Vec2Config config) : base(nameof(PositionalConvolution))
    {
        groups = config.NumConvPosEmbeddingGroups;
        bias = nn.Parameter(zeros(config.HiddenSize));
        var kernel = nn.Parameter(randn(config.HiddenSize, config.HiddenSize / groups, config.NumConvPosEmbeddings));
        if (config.ConvPosBatchNorm)
            (weight, batch_norm) = (kernel, nn.BatchNorm1d(config.HiddenSize));
        else
            (length, direction) = (nn.Parameter(ones(1, 1, config.NumConvPosEmbeddings)), kernel);
        RegisterComponents();
    }

    public long FrozenBytes => 0; // the kernel is a parameter

    /// <summary>An even kernel gives one frame too many; the last is dropped, as in the reference.</summary>
    /// <param name="frameMask">bool [B, T]; false where the input is zero because it is padding. Null: nowhere.</param>
    public Tensor Forward(Tensor hidden, Tensor? frameMask)
    {
        var (input, kernel) = (hidden.transpose(1, 2), weight ?? WeightNorm(length!, direction!)); // [B, H, T]
        if (batch_norm is not null)
            input = batch_norm.forward(input);
        if (batch_norm is not null && frameMask is not null)
            input = input.masked_fill(frameMask.logical_not().unsqueeze(1), Constant.Zero);
        var convolved = nn.functional.conv1d(input, kernel, bias, padding: kernel.shape[2] / 2, groups: groups);
        return nn.functional.gelu(convolved.narrow(2, 0, hidden.shape[1])).transpose(1, 2);
    }

    /// <summary>The kernel, computed once.</summary>
    public void Freeze(Precision precision)
    {
        if (length is null || direction is null)
            return;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        weight = nn.Parameter(WeightNorm(length, direction), requires_grad: false);
        weight.DetachFromDisposeScope();
        length.Dispose();
        direction.Dispose();
        (length, direction) = (null, null);
        ConditionallyRegisterParameter(Length, null);
        ConditionallyRegisterParameter(Direction, null);
        ConditionallyRegisterParameter(Weight, weight);
    }

    static Tensor WeightNorm(Tensor length, Tensor direction) =>
        direction * (length / linalg.vector_norm(direction, 2, [0, 1], keepdim: true));
}
