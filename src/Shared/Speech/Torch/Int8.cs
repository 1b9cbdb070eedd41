using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Products of 8-bit integers on processors with avx512_vnni: four times the rate of 32-bit floats. Symmetric, with a scale for each row
/// of the weights (an output) and of the input (a frame), found at each call; sums are exact in 32 bits.
/// </summary>
public static class Int8
{
    const int Max = 127;

    // TorchSharp does not bind it; TorchScript reaches it. oneDNN repacks the weights at each call, which is less than one part in ten.
    static readonly Lazy<jit.CompilationUnit> Kernel = new(() => jit.compile("""
        def product(input: Tensor, weight: Tensor) -> Tensor:
            return torch._int_mm(input, weight.t())

        """));

    /// <summary>Whether this processor has the instructions; elsewhere nothing here works.</summary>
    public static bool IsSupported { get; } = Avx512BW.IsSupported && HasVnni();

    /// <param name="weight">float [O, I], contiguous.</param>
    /// <returns>int8 [O, I] and a scale an output.</returns>
    public static (Tensor Integers, float[] Scales) Quantise(Tensor weight)
    {
        var scales = new float[weight.shape[0]];
        return (Quantise(weight, weight.stride(0), scales), scales);
    }

    /// <summary>The product with the transposed weights. [.., I] to float [.., O]</summary>
    /// <param name="input">float [.., I], on the CPU; its rows may lie apart.</param>
    /// <param name="weight">int8 [O, I]</param>
    /// <param name="scales">One an output.</param>
    /// <param name="bias">float [O]</param>
    public static Tensor Product(Tensor input, Tensor weight, float[] scales, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var shape = input.shape;
        var rows = input.dim() == 2 ? input : input.reshape(-1, shape[^1]);
        rows = rows.stride(1) == 1 && rows.dtype == ScalarType.Float32 ? rows : rows.to(ScalarType.Float32).contiguous();
        var (height, width) = ((int)rows.shape[0], scales.Length);
        var rowScales = ArrayPool<float>.Shared.Rent(height);
        var sums = Kernel.Value.invoke<Tensor>("product", [Quantise(rows, rows.stride(0), rowScales), weight]); // int32 [M, O]
        var product = empty(height, width);
        ToFloat(sums, product, rowScales, scales, bias);
        ArrayPool<float>.Shared.Return(rowScales);
        shape[^1] = width;
        return product.view(shape).MoveToOuterDisposeScope();
    }

    static unsafe Tensor Quantise(Tensor rows, long stride, float[] scales)
    {
        var (height, width) = ((int)rows.shape[0], (int)rows.shape[1]);
        var integers = empty(height, width, dtype: ScalarType.Int8);
        var from = (float*)Address(rows.as_strided([(height - 1) * stride + width], [1], rows.storage_offset()));
        var to = (sbyte*)Address(integers);
        for (var row = 0; row < height; row++)
            scales[row] = QuantiseRow(from + row * stride, to + (long)row * width, width);
        return integers;
    }

    /// <returns>The scale: value over integer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the first calls, too, read megabytes
    static unsafe float QuantiseRow(float* from, sbyte* to, int width)
    {
        var (max, i) = (Vector512<float>.Zero, 0);
        for (; i <= width - 16; i += 16)
            max = Vector512.MaxNative(max, Vector512.Abs(Vector512.Load(from + i)));
        var peak = 0f;
        for (var lane = 0; lane < 16; lane++)
            peak = Math.Max(peak, max[lane]);
        for (; i < width; i++)
            peak = Math.Max(peak, Math.Abs(from[i]));
        var factor = peak > 0 ? Max / peak : 0;
        for (i = 0; i <= width - 16; i += 16)
        {
            var rounded = Avx512F.ConvertToVector512Int32(Vector512.Load(from + i) * factor);
            Avx512F.ConvertToVector128SByteWithSaturation(rounded).Store(to + i);
        }
        for (; i < width; i++)
            to[i] = (sbyte)MathF.Round(from[i] * factor);
        return peak / Max;
    }

    /// <summary>Each integer times the scales of its row and column, plus the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void ToFloat(Tensor sums, Tensor product, float[] rowScales, float[] scales, Tensor? bias)
    {
        var (height, width) = ((int)sums.shape[0], scales.Length);
        var from = (int*)Address(sums);
        var to = (float*)Address(product);
        var offsets = bias is null ? null : (float*)Address(bias);
        fixed (float* columns = scales)
        {
            for (var row = 0; row < height; row++, from += width, to += width)
            {
                var (scale, i) = (rowScales[row], 0);
                for (; i <= width - 16; i += 16)
                {
                    var value = Vector512.ConvertToSingle(Vector512.Load(from + i)) * (Vector512.Load(columns + i) * scale);
                    (offsets is null ? value : value + Vector512.Load(offsets + i)).Store(to + i);
                }
                for (; i < width; i++)
                    to[i] = from[i] * (columns[i] * scale) + (offsets is null ? 0 : offsets[i]);
            }
        }
    }

    static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* start = &MemoryMarshal.GetReference(tensor.bytes))
            return (nint)start;
    }

    static bool HasVnni()
    {
        const int Avx512Vnni = 1 << 11; // leaf 7.0, ecx
        return X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & Avx512Vnni) != 0;
    }
}
