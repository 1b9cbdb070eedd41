using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>transformers' initial distributions: linear layers normal 0.02, norms at one and zero, convolutions by He's rule.</summary>
static class Initialisation
{
    const double StandardDeviation = 0.02;

    public static void Apply(nn.Module module, Generator generator)
    {
        using var guard = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
            Apply(name, parameter, generator);
    }

    static void Apply(string name, Tensor parameter, Generator generator)
    {
        if (name.EndsWith("bias", StringComparison.Ordinal))
            parameter.zero_();
        else if (name.Contains("norm", StringComparison.Ordinal))
            parameter.fill_(1);
        else if (name.Contains("conv", StringComparison.Ordinal))
            parameter.normal_(0, Math.Sqrt(2.0 / (parameter.shape[1] * parameter.shape[2])), generator);
        else if (name.EndsWith("masked_spec_embed", StringComparison.Ordinal))
            parameter.uniform_(0, 1, generator);
        else if (name.EndsWith("feature_projection.projection.weight", StringComparison.Ordinal))
            parameter.uniform_(-Math.Sqrt(1.0 / parameter.shape[1]), Math.Sqrt(1.0 / parameter.shape[1]), generator);
        else
            parameter.normal_(0, StandardDeviation, generator);
    }
}
