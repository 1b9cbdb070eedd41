using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>transformers' initialisation: normal linear layers, unit norms, He-normal convolutions, uniform projections.</summary>
static class Initialisation
{
    /// <param name="deviation">Of linear layers: <see cref="EncoderConfig.InitializerRange"/>.</param>
    public static void Apply(nn.Module module, double deviation, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var parameters = module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter, StringComparer.Ordinal);
        foreach (var (name, parameter) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
            Apply(name, parameter, parameters, deviation, generator);
    }

    static void Apply(string name, Tensor parameter, Dictionary<string, Tensor> all, double deviation, Generator generator)
    {
        var weight = name.EndsWith("bias", StringComparison.Ordinal) ? all.GetValueOrDefault(name[..^"bias".Length] + "weight") : null;
        if (name.Contains("norm", StringComparison.Ordinal))
            parameter.fill_(name.EndsWith("weight", StringComparison.Ordinal) ? Constant.One : Constant.Zero);
        else if (name.EndsWith("original1", StringComparison.Ordinal))
            SetKernel(parameter, all[name[..^1] + "0"], generator);
        else if (name.EndsWith("original0", StringComparison.Ordinal))
            return; // set with original1
        else if (name.EndsWith("masked_spec_embed", StringComparison.Ordinal))
            parameter.uniform_(0, 1, generator);
        else if (name.Contains("feature_projection.projection", StringComparison.Ordinal))
            Uniform(parameter, (weight ?? parameter).shape[1], generator);
        else if (weight is { } convolution && convolution.dim() == 3)
            Uniform(parameter, convolution.shape[1] * convolution.shape[2], generator);
        else if (name.EndsWith("bias", StringComparison.Ordinal))
            parameter.zero_();
        else if (parameter.dim() == 3)
            parameter.normal_(0, Math.Sqrt(2.0 / (parameter.shape[1] * parameter.shape[2])), generator);
        else
            parameter.normal_(0, deviation, generator);
    }

    /// <summary>Weights of the positional convolution: a random direction and its norm.</summary>
    static void SetKernel(Tensor direction, Tensor length, Generator generator)
    {
        direction.normal_(0, 2 * Math.Sqrt(1.0 / (direction.shape[2] * direction.shape[0])), generator);
        length.copy_(linalg.vector_norm(direction, 2, [0, 1], keepdim: true));
    }

    static void Uniform(Tensor parameter, long inputs, Generator generator) =>
        parameter.uniform_(-Math.Sqrt(1.0 / inputs), Math.Sqrt(1.0 / inputs), generator);
}
