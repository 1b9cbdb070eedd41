using System.Diagnostics;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>What the machine can do at this moment: float products of 512 x 512, in operations a second.</summary>
sealed class Anchor : IDisposable
{
    const int Size = 512;
    const int Products = 40;

    readonly Tensor left = rand(Size, Size);
    readonly Tensor right = rand(Size, Size);
    readonly Tensor product = empty(Size, Size);

    public double OperationsPerSecond()
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Products; i++)
        {
            using var made = left.mm(right);
            product.copy_(made);
        }
        return Products * 2.0 * Size * Size * Size / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose()
    {
        left.Dispose();
        right.Dispose();
        product.Dispose();
    }
}
