using Ssl.Shared.Speech.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>Sizes of the quantiser and the heads. They belong to the weights: stored tensors state their own.</summary>
/// <param name="Codebooks">G.</param>
/// <param name="CodesPerBook">V.</param>
/// <param name="CodevectorSize">Width of the codevectors of all codebooks together, a multiple of G.</param>
/// <param name="ProjectionSize">Width in which context and quantised vectors are compared.</param>
/// <param name="PredictionCodes">Frozen random-projection codes.</param>
/// <param name="PredictionCodeSize">Width of their codebook.</param>
sealed record PretrainingShape(
    long Codebooks, long CodesPerBook, long CodevectorSize, long ProjectionSize, long PredictionCodes, long PredictionCodeSize)
{
    /// <summary>wav2vec 2.0 base: 2 x 320 codes of 256. <c>Tiny</c> has fewer: 500 masked frames suffice to measure use.</summary>
    public static PretrainingShape For(EncoderConfig config) => config is Wav2Vec2Config waveform
        ? new(
            waveform.NumCodevectorGroups, waveform.NumCodevectorsPerGroup, waveform.CodevectorDim, waveform.ProjCodevectorDim,
            config.HiddenSize < 256 ? 1024 : 8192, 16)
        : config.HiddenSize < 256 ? new(2, 64, 128, 128, 1024, 16) : new(2, 320, 256, 256, 8192, 16);

    /// <summary>V·G.</summary>
    public long CodeCount => Codebooks * CodesPerBook;

    /// <summary>The shape of stored weights; null where a tensor is missing or has no such shape.</summary>
    /// <param name="absent">Where the weights have no random projection, as transformers' have not, its sizes are these.</param>
    public static PretrainingShape? Of(IReadOnlyDictionary<string, Tensor> weights, PretrainingShape? absent = null)
    {
        if (!weights.TryGetValue("quantizer.codevectors", out var codevectors) || codevectors.dim() != 3
            || !weights.TryGetValue("project_q.weight", out var projection) || projection.dim() != 2
            || projection.shape[1] % codevectors.shape[2] != 0
            || CodebookOf(weights, absent) is not var (codes, codeSize))
            return null;
        var codebooks = projection.shape[1] / codevectors.shape[2];
        return codebooks == 0 || codevectors.shape[1] % codebooks != 0
            ? null
            : new PretrainingShape(codebooks, codevectors.shape[1] / codebooks, projection.shape[1], projection.shape[0], codes, codeSize);
    }

    static (long Codes, long Size)? CodebookOf(IReadOnlyDictionary<string, Tensor> weights, PretrainingShape? absent) =>
        weights.TryGetValue("random_projection.codebook", out var codebook)
            ? (codebook.dim() == 2 ? (codebook.shape[0], codebook.shape[1]) : null)
        : absent is null ? null : (absent.PredictionCodes, absent.PredictionCodeSize);
}
