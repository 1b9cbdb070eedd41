using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>Reads and writes safetensors, the only format in which weights are kept or taken: no pickle is ever read.</summary>
public static class SafetensorsFile
{
    const int HeaderAlignment = 8;

    /// <summary>All tensors of a file, on the CPU, with their own element types; the caller disposes them.</summary>
    /// <exception cref="InvalidSafetensorsException">The file breaks the format; nothing was allocated.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        var entries = SafetensorsHeader.Read(stream, path);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in entries.OrderBy(e => e.Begin))
        {
            var tensor = empty(entry.Shape, dtype: entry.Type, device: CPU);
            if (entry.End > entry.Begin)
                stream.ReadExactly(MemoryMarshal.AsBytes(tensor.bytes));
            tensors.Add(entry.Name, tensor);
        }
        return tensors;
    }

    /// <summary>Elements of all tensors together, by the header alone.</summary>
    /// <exception cref="InvalidSafetensorsException">The file breaks the format.</exception>
    public static long CountElements(string path)
    {
        using var stream = File.OpenRead(path);
        return SafetensorsHeader.Read(stream, path).Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size));
    }

    /// <summary>
    /// Writes tensors in the order given. Not atomic and not flushed: write into a temporary folder
    /// (<see cref="Foundation.Files.AtomicFolder"/>).
    /// </summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        using var scope = NewDisposeScope();
        var listed = tensors.Select(t => (t.Name, Tensor: t.Tensor.detach().cpu().contiguous())).ToList();
        using var stream = File.Create(path);
        var header = Header(listed);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in listed)
        {
            if (tensor.numel() > 0)
                stream.Write(MemoryMarshal.AsBytes(tensor.bytes));
        }
    }

    static byte[] Header(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["__metadata__"] = new Dictionary<string, string> { ["format"] = "pt" } };
        var begin = 0L;
        foreach (var (name, tensor) in tensors)
        {
            var end = begin + tensor.numel() * tensor.element_size();
            header.Add(name, new { dtype = SafetensorsHeader.NameOf(tensor.dtype), shape = tensor.shape, data_offsets = new[] { begin, end } });
            begin = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = new byte[(json.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment];
        json.CopyTo(padded, 0);
        padded.AsSpan(json.Length).Fill((byte)' ');
        return padded;
    }
}
