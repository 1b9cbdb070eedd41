using System.Runtime.InteropServices;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>A tensor in a file of weights: what the header says, and how to read it without the others.</summary>
/// <param name="Fill">Writes its values into a tensor of this shape: on the CPU, contiguous, of any floating-point type.</param>
public sealed record StoredTensor(ScalarType Type, long[] Shape, Action<Tensor> Fill)
{
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);
    public long Bytes => Elements * SafetensorsHeader.SizeOf(Type);

    /// <summary>From a tensor that is read or computed when it is needed.</summary>
    public static StoredTensor Of(ScalarType type, long[] shape, Func<Tensor> read) => new(type, shape, target =>
    {
        using var scope = NewDisposeScope();
        target.copy_(read());
    });

    /// <summary>The tensor in the element type of the file, on the CPU; every value of it is finite.</summary>
    /// <exception cref="InvalidModelException">One is not.</exception>
    public Tensor Read(string name, string source)
    {
        var tensor = empty(Shape, dtype: Type, device: CPU);
        FillChecked(tensor, name, source);
        return tensor;
    }

    /// <summary>Fills, and checks that every value is finite.</summary>
    /// <exception cref="InvalidModelException">One is not.</exception>
    public void FillChecked(Tensor target, string name, string source)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        Fill(target);
        if (target.is_floating_point() && !target.isfinite().all().item<bool>())
            throw new InvalidModelException($"{source}: {name} holds values that are not finite");
    }

    /// <param name="start">Its first byte in the file.</param>
    internal static StoredTensor InFile(string path, SafetensorsEntry entry, long start)
    {
        return new(entry.Type, entry.Shape, Fill);

        void Fill(Tensor target)
        {
            if (target.numel() == 0)
                return;
            if (target.dtype == entry.Type)
            {
                ReadExactly(path, start, MemoryMarshal.AsBytes(target.bytes));
                return;
            }
            using var own = empty(entry.Shape, dtype: entry.Type, device: CPU);
            ReadExactly(path, start, MemoryMarshal.AsBytes(own.bytes));
            target.copy_(own);
        }
    }

    static void ReadExactly(string path, long start, Span<byte> bytes)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, start);
            if (read == 0)
                throw new InvalidModelException($"{path}: it became shorter while it was read");
            bytes = bytes[read..];
            start += read;
        }
    }
}
