using Ssl.Shared.Speech.Model;

namespace Ssl.Learner.Pretraining;

/// <summary>Sizes of the quantiser and the heads, given by the shapes of stored weights.</summary>
/// <param name="Codebooks">G.</param>
/// <param name="CodesPerBook">V.</param>
/// <param name="CodevectorSize">Width of the codevectors of all codebooks together, a multiple of G.</param>
/// <param name="ProjectionSize">D: width in which context and quantised vectors are compared.</param>
/// <param name="PredictionCodes">Number of random-projection codes.</param>
/// <param name="PredictionCodeSize">Width of the codebook of these.</param>
sealed record PretrainingShape(
    long Codebooks, long CodesPerBook, long CodevectorSize, long ProjectionSize, long PredictionCodes, long PredictionCodeSize)
{
    /// <summary>wav2vec 2.0 base: 2 x 320 codes of 256. Narrow encoders have fewer: 500 masked frames suffice to measure use.</summary>
    public static PretrainingShape For(EncoderConfig config) => config is Wav2Vec2Config waveform
        ? new(
            waveform.NumCodevectorGroups, waveform.NumCodevectorsPerGroup, waveform.CodevectorDim, waveform.ProjCodevectorDim,
            config.HiddenSize < 256 ? 1024 : 8192, 16)
        : config.HiddenSize < 256 ? new(2, 64, 128, 128, 1024, 16) : new(2, 320, 256, 256, 8192, 16);

    /// <summary>V·G.</summary>
    public long CodeCount => Codebooks * CodesPerBook;

    /// <summary>The shape of stored weights; null if a tensor is missing or has the wrong dimensions.</summary>
    /// <param name="absent">Gives the sizes of the random projection if the weights have none, as those of transformers.</param>
    public static PretrainingShape? Of(IReadOnlyDictionary<string, Tensor> weights, PretrainingShape? absent = null)
    {
        long[]? SizesOf(string name) => weights.TryGetValue(name, out var tensor) ? tensor.shape : null;
        var codebook = SizesOf("random_projection.codebook")
            ?? (absent is null ? null : [absent.PredictionCodes, absent.PredictionCodeSize]);
        return SizesOf("quantizer.codevectors") is [_, var codes, var size] && SizesOf("project_q.weight") is [var projected, var width]
            && codebook is [var predictionCodes, var predictionCodeSize]
            && width % size == 0 && width / size is var codebooks and > 0 && codes % codebooks == 0
                ? new PretrainingShape(codebooks, codes / codebooks, width, projected, predictionCodes, predictionCodeSize) : null;
    }
}
