using System.Buffers.Binary;
using System.Text.Json;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>
/// The header of a safetensors file: 8 bytes of length (little-endian), JSON, then the tensors' bytes without a gap. All of it is checked
/// before memory for tensors is allocated. Source: the format's description in huggingface/safetensors.
/// </summary>
static class SafetensorsHeader
{
    const int LengthBytes = 8;
    const int MaxHeaderBytes = 1 << 20;

    static readonly Dictionary<string, (ScalarType Type, int Bytes)> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = (ScalarType.Float64, 8),
        ["F32"] = (ScalarType.Float32, 4),
        ["F16"] = (ScalarType.Float16, 2),
        ["BF16"] = (ScalarType.BFloat16, 2),
        ["I64"] = (ScalarType.Int64, 8),
        ["I32"] = (ScalarType.Int32, 4),
        ["I16"] = (ScalarType.Int16, 2),
        ["I8"] = (ScalarType.Int8, 1),
        ["U8"] = (ScalarType.Byte, 1),
        ["BOOL"] = (ScalarType.Bool, 1),
    };

    /// <summary>Bytes of an element.</summary>
    public static long SizeOf(ScalarType type) => Types.First(t => t.Value.Type == type).Value.Bytes;

    public static string NameOf(ScalarType type) => Types.First(t => t.Value.Type == type).Key;

    /// <summary>Reads and checks the header; the stream is then at the first tensor byte.</summary>
    /// <returns>In the order of the file.</returns>
    /// <exception cref="InvalidModelException">
    /// The header is too long, not JSON, names a key twice, or its ranges overlap, leave gaps, or do not fit shape and file.
    /// </exception>
    public static IReadOnlyList<SafetensorsEntry> Read(Stream stream, string path)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.Length < LengthBytes)
            throw Invalid(path, "shorter than the 8 bytes that hold its header's length");
        stream.ReadExactly(length);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > (ulong)Math.Min(MaxHeaderBytes, stream.Length - LengthBytes))
            throw Invalid(path, $"header of {headerBytes} bytes in a file of {stream.Length}; at most {MaxHeaderBytes} are read");
        var header = new byte[headerBytes];
        stream.ReadExactly(header);
        SafetensorsEntry[] entries = [.. Parse(header, path).OrderBy(e => e.Begin).ThenBy(e => e.End)];
        CheckRanges(entries, stream.Length - stream.Position, path);
        return entries;
    }

    static List<SafetensorsEntry> Parse(byte[] header, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return [.. json.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").Select(p => Entry(p.Name, p.Value, path))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Invalid(path, $"malformed header: {e.Message}");
        }
    }

    static SafetensorsEntry Entry(string name, JsonElement fields, string path)
    {
        var dtype = fields.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(dtype, out var type))
            throw Invalid(path, $"{name}: element type {dtype} is not supported");
        var shape = fields.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = fields.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw Invalid(path, $"{name}: data_offsets [{string.Join(", ", offsets)}]");
        var bytes = offsets[1] - offsets[0];
        var needed = shape.Aggregate((Int128)type.Bytes, (product, size) => Int128.Min(product * size, long.MaxValue)); // no overflow
        if (shape.Any(size => size < 0) || needed != bytes)
            throw Invalid(path, $"{name}: shape [{string.Join(", ", shape)}] of {dtype} does not fill {bytes} bytes");
        return new SafetensorsEntry(name, type.Type, shape, offsets[0], offsets[1]);
    }

    static void CheckRanges(IEnumerable<SafetensorsEntry> entries, long dataBytes, string path)
    {
        var expected = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected)
                throw Invalid(path, $"{entry.Name} begins at byte {entry.Begin}, expected {expected}: ranges overlap or leave a gap");
            expected = entry.End;
        }
        if (expected != dataBytes)
            throw Invalid(path, $"tensors end at byte {expected}, the file has {dataBytes}: truncated, or with trailing bytes");
    }

    static InvalidModelException Invalid(string path, string problem) => new($"{path}: {problem}");
}

/// <summary>A tensor's place in a safetensors file.</summary>
/// <param name="Begin">First byte, counted from the end of the header.</param>
sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
