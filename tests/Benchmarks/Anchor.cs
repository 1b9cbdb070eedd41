using System.Diagnostics;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>What the machine can do at this moment: products of square matrices, in operations a second.</summary>
sealed class Anchor(int size = 512, ScalarType type = ScalarType.Float32) : IDisposable
{
    const double OperationsAMeasure = 1e10;

    readonly Tensor left = rand(size, size).to_type(type);
    readonly Tensor right = rand(size, size).to_type(type);
    readonly Tensor product = empty(size, size, type);

    public double OperationsPerSecond()
    {
        var operations = 2.0 * size * size * size;
        var products = (int)Math.Ceiling(OperationsAMeasure / operations);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < products; i++)
        {
            using var made = left.mm(right);
            product.copy_(made);
        }
        return products * operations / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose()
    {
        left.Dispose();
        right.Dispose();
        product.Dispose();
    }
}
