using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>wav2vec 2.0's relative position: a wide grouped convolution over the frames, then GELU (transformers: <c>pos_conv_embed</c>). [B, T, H] to [B, T, H]</summary>
sealed class PositionalConvolution : nn.Module
{
    readonly WeightNormConvolution conv;

    public PositionalConvolution(Wav2Vec2Config config) : base(nameof(PositionalConvolution))
    {
        conv = new WeightNormConvolution(config.HiddenSize, config.NumConvPosEmbeddings, config.NumConvPosEmbeddingGroups);
        RegisterComponents();
    }

    public Tensor Forward(Tensor hidden) => nn.functional.gelu(conv.Forward(hidden.transpose(1, 2))).transpose(1, 2);

    /// <summary>Direction and length of the kernel are learnt apart (arXiv 1602.07868), one length for each of its positions.</summary>
    sealed class WeightNormConvolution : nn.Module
    {
        readonly Parameter bias; // [H]
        readonly Parametrizations parametrizations;
        readonly int kernel;
        readonly int groups;

        public WeightNormConvolution(int hiddenSize, int kernel, int groups) : base(nameof(WeightNormConvolution))
        {
            (this.kernel, this.groups) = (kernel, groups);
            bias = nn.Parameter(zeros(hiddenSize));
            parametrizations = new Parametrizations(hiddenSize, kernel, groups);
            RegisterComponents();
        }

        /// <summary>An even kernel gives one frame more than went in: the last is dropped, as in the reference. [B, H, T] to [B, H, T]</summary>
        public Tensor Forward(Tensor hidden) =>
            nn.functional.conv1d(hidden, parametrizations.Kernel(), bias, padding: kernel / 2, groups: groups).narrow(2, 0, hidden.shape[2]);
    }

    /// <summary>Only there for its name in the state dict: <c>parametrizations.weight.original0</c> and <c>original1</c>.</summary>
    sealed class Parametrizations : nn.Module
    {
        readonly WeightNorm weight;

        public Parametrizations(int hiddenSize, int kernel, int groups) : base(nameof(Parametrizations))
        {
            weight = new WeightNorm(hiddenSize, kernel, groups);
            RegisterComponents();
        }

        public Tensor Kernel() => weight.Kernel();
    }

    sealed class WeightNorm : nn.Module
    {
        readonly Parameter original0; // g [1, 1, k]
        readonly Parameter original1; // v [H, H / groups, k]

        public WeightNorm(int hiddenSize, int kernel, int groups) : base(nameof(WeightNorm))
        {
            original0 = nn.Parameter(ones(1, 1, kernel));
            original1 = nn.Parameter(randn(hiddenSize, hiddenSize / groups, kernel));
            RegisterComponents();
        }

        public Tensor Kernel() => original1 * (original0 / linalg.vector_norm(original1, 2, [0, 1], keepdim: true));
    }
}
