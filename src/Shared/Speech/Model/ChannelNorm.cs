using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Group norm with a group a channel over the output of a convolution of the waveform (Base). Mean and variance follow from those of the
/// windows, k numbers and k x k numbers, so that the output is neither read for them nor written twice.
/// </summary>
/// <remarks>k: kernel, C: channels.</remarks>
sealed class ChannelNorm : nn.Module
{
    readonly Parameter weight, bias; // [C]
    readonly double eps;

    public ChannelNorm(int channels, double eps) : base(nameof(ChannelNorm))
    {
        (weight, bias, this.eps) = (nn.Parameter(ones(channels)), nn.Parameter(zeros(channels)), eps);
        RegisterComponents();
    }

    /// <param name="windows">[B, T, k]</param>
    /// <param name="counts">Windows of each utterance, the norm runs over them; null: all.</param>
    /// <param name="filters">[C, k]; an offset of the convolution would make no difference.</param>
    /// <returns>What the products are to be multiplied by, then increased by. [B, 1, C] each</returns>
    public (Tensor Factors, Tensor Offsets) Of(Tensor windows, long[]? counts, Tensor filters)
    {
        var exact = filters.t().to(ScalarType.Float64); // [k, C]
        var (means, variances) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < windows.shape[0]; i++)
        {
            var own = windows[i].narrow(0, 0, counts?[i] ?? windows.shape[1]).to(ScalarType.Float64); // [T, k]
            using Scalar share = 1.0 / own.shape[0];
            var mean = own.mean([0], keepdim: true); // [1, k]
            var centred = own - mean;
            var covariance = centred.t().mm(centred).mul(share); // [k, k]
            means.Add(mean.mm(exact)); // [1, C]
            variances.Add((exact * covariance.mm(exact)).sum(0, keepdim: true));
        }
        using Scalar floor = eps;
        var factors = weight * stack(variances).Plus(floor).rsqrt(); // [B, 1, C]
        var offsets = bias - factors * stack(means);
        return (factors.to(filters.dtype), offsets.to(filters.dtype));
    }
}
