using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Experiments;

/// <summary>
/// A linear map from fixed vectors to targets, by ridge regression in closed form: of a class as its indicator (the largest output wins),
/// or of a number. Vectors are standardised by the training part.
/// </summary>
static class LinearProbe
{
    static readonly double[] Penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10]; // times the number of vectors
    const int HeldBack = 5; // every fifth training vector chooses the penalty and the layer

    /// <summary>Chooses layer and penalty on a held-back part of the training vectors, trains on all of them, and scores.</summary>
    /// <param name="layers">Of each layer, all vectors. [L][N][D]</param>
    /// <param name="targets">[N][K]</param>
    /// <param name="score">Of true and predicted targets; higher is better.</param>
    public static (double Score, int Layer) Score(
        IReadOnlyList<float[][]> layers, double[][] targets, int[] train, int[] test, Func<double[][], double[][], double> score)
    {
        int[] fit = [.. train.Where((_, i) => i % HeldBack != 0)], check = [.. train.Where((_, i) => i % HeldBack == 0)];
        var (_, layer, penalty) = (
            from l in Enumerable.Range(0, layers.Count)
            from p in Penalties
            select (Of(layers[l], fit, check, p), l, p)).MaxBy(tried => tried.Item1);
        return (Of(layers[layer], train, test, penalty), layer);

        double Of(float[][] vectors, int[] from, int[] to, double penalty) =>
            score([.. to.Select(i => targets[i])], Predict(vectors, targets, from, to, penalty));
    }

    static double[][] Predict(float[][] vectors, double[][] targets, int[] train, int[] test, double penalty)
    {
        using var scope = NewDisposeScope();
        using Scalar ridge = penalty * train.Length, floor = 1e-6;
        var known = Matrix(train, i => [.. vectors[i].Select(v => (double)v)]); // [N, D]
        var (mean, deviation) = (known.mean([0], keepdim: true), known.std([0], unbiased: false, keepdim: true).clamp_min(floor));
        known = known.sub(mean).div(deviation);
        var wanted = Matrix(train, i => targets[i]); // [N, K]
        var average = wanted.mean([0], keepdim: true);
        var gram = known.t().mm(known).Plus(eye(known.shape[1], dtype: ScalarType.Float64).mul(ridge));
        var weights = linalg.solve(gram, known.t().mm(wanted.sub(average))); // [D, K]
        var asked = Matrix(test, i => [.. vectors[i].Select(v => (double)v)]).sub(mean).div(deviation);
        return [.. asked.mm(weights).Plus(average).contiguous().data<double>().ToArray().Chunk(targets[0].Length)];
    }

    static Tensor Matrix(int[] rows, Func<int, double[]> row) =>
        tensor(rows.SelectMany(row).ToArray(), [rows.Length, row(rows[0]).Length]);
}
