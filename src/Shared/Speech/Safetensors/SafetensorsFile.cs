using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>Reads and writes safetensors, the only format of weights that is written here.</summary>
public static class SafetensorsFile
{
    /// <summary>All tensors of a file, on the CPU, with their own element types; the caller disposes them.</summary>
    /// <exception cref="InvalidModelException">The file breaks the format; nothing was allocated.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in SafetensorsHeader.Read(stream, path))
        {
            var tensor = empty(entry.Shape, dtype: entry.Type, device: CPU);
            if (entry.End > entry.Begin)
                stream.ReadExactly(MemoryMarshal.AsBytes(tensor.bytes));
            tensors.Add(entry.Name, tensor);
        }
        return tensors;
    }

    /// <summary>All tensors by name, from the header alone; each is read when it is asked for.</summary>
    /// <exception cref="InvalidModelException">The file breaks the format.</exception>
    public static Dictionary<string, StoredTensor> Open(string path)
    {
        using var stream = File.OpenRead(path);
        var entries = SafetensorsHeader.Read(stream, path);
        var data = stream.Position;
        return entries.ToDictionary(e => e.Name, e => StoredTensor.InFile(path, e, data + e.Begin), StringComparer.Ordinal);
    }

    /// <summary>Writes tensors in this order; neither atomic nor flushed (use <see cref="Foundation.Files.AtomicFolder"/>).</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var listed = tensors.ToList();
        using var stream = Create(path, [.. listed.Select(t => (t.Name, t.Tensor.dtype, t.Tensor.shape))]);
        foreach (var (_, tensor) in listed)
            Write(stream, tensor);
    }

    /// <summary>As <see cref="Write(string, IEnumerable{ValueTuple{string, Tensor}})"/>, one tensor in memory at a time.</summary>
    /// <exception cref="InvalidModelException">One holds a value that is not finite.</exception>
    public static void Copy(
        string path, IReadOnlyList<(string Name, StoredTensor Tensor)> tensors, string source, IProgress<ByteProgress>? progress = null)
    {
        using var stream = Create(path, [.. tensors.Select(t => (t.Name, t.Tensor.Type, t.Tensor.Shape))]);
        var total = stream.Position + tensors.Sum(t => t.Tensor.Bytes);
        foreach (var (name, stored) in tensors)
        {
            using var tensor = stored.Read(name, source);
            Write(stream, tensor);
            progress?.Report(new ByteProgress($"write {Path.GetFileName(path)}", stream.Position, total));
        }
    }

    static FileStream Create(string path, IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> tensors)
    {
        var header = Header(tensors);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        var stream = File.Create(path);
        stream.Write(length);
        stream.Write(header);
        return stream;
    }

    static void Write(FileStream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        if (tensor.numel() > 0)
            stream.Write(MemoryMarshal.AsBytes(tensor.detach().cpu().contiguous().bytes));
    }

    static byte[] Header(IEnumerable<(string Name, ScalarType Type, long[] Shape)> tensors)
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["__metadata__"] = new { format = "pt" } };
        var begin = 0L;
        foreach (var (name, type, shape) in tensors)
        {
            var end = begin + shape.Aggregate(SafetensorsHeader.SizeOf(type), (product, size) => product * size);
            header.Add(name, new { dtype = SafetensorsHeader.NameOf(type), shape, data_offsets = new[] { begin, end } });
            begin = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        return [.. json, .. Enumerable.Repeat((byte)' ', -json.Length & 7)]; // a multiple of 8
    }
}
