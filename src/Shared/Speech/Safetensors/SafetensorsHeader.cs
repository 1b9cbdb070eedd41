using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>
/// The header of a safetensors file: 8 bytes of length (little-endian), JSON, then the tensors' bytes without a gap.
/// Everything is checked before a byte of tensor memory is taken. Source: the format's description in huggingface/safetensors.
/// </summary>
static class SafetensorsHeader
{
    const int LengthBytes = 8;
    const int LongestHeaderBytes = 1 << 20;
    const string Metadata = "__metadata__";

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

    public static string NameOf(ScalarType type) => Types.First(t => t.Value.Type == type).Key;

    /// <summary>Reads and checks the header; the stream then stands at the first tensor byte.</summary>
    /// <exception cref="InvalidSafetensorsException">The header is too long, not JSON, names a key twice, or its ranges overlap, leave gaps, or do not fit shape and file.</exception>
    public static IReadOnlyList<SafetensorsEntry> Read(Stream stream, string path)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.Length < LengthBytes)
            throw new InvalidSafetensorsException(path, "shorter than the 8 bytes of its header's length");
        stream.ReadExactly(length);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > LongestHeaderBytes)
            throw new InvalidSafetensorsException(path, $"header of {headerBytes} bytes, more than {LongestHeaderBytes}");
        if ((long)headerBytes > stream.Length - LengthBytes)
            throw new InvalidSafetensorsException(path, $"header of {headerBytes} bytes in a file of {stream.Length}");
        var header = new byte[headerBytes];
        stream.ReadExactly(header);
        var entries = Parse(header, path);
        CheckRanges(entries, stream.Length - stream.Position, path);
        return entries;
    }

    static List<SafetensorsEntry> Parse(byte[] header, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return [.. json.RootElement.EnumerateObject().Where(p => p.Name != Metadata).Select(p => Entry(p, path))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or DecoderFallbackException)
        {
            throw new InvalidSafetensorsException(path, $"header is not what the format asks for: {e.Message}");
        }
    }

    static SafetensorsEntry Entry(JsonProperty property, string path)
    {
        var dtype = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(dtype, out var type))
            throw new InvalidSafetensorsException(path, $"{property.Name}: element type {dtype} is not supported");
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw new InvalidSafetensorsException(path, $"{property.Name}: data_offsets [{string.Join(", ", offsets)}]");
        if (Bytes(shape, type.Bytes) is not { } bytes || bytes != offsets[1] - offsets[0])
            throw new InvalidSafetensorsException(path, $"{property.Name}: shape [{string.Join(", ", shape)}] of {dtype} does not fill {offsets[1] - offsets[0]} bytes");
        return new SafetensorsEntry(property.Name, type.Type, shape, offsets[0], offsets[1]);
    }

    /// <summary>Bytes of a tensor; null for a negative dimension or a product beyond 63 bits.</summary>
    static long? Bytes(long[] shape, long elementBytes)
    {
        var bytes = elementBytes;
        foreach (var dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && bytes > long.MaxValue / dimension))
                return null;
            bytes *= dimension;
        }
        return bytes;
    }

    static void CheckRanges(IReadOnlyList<SafetensorsEntry> entries, long dataBytes, string path)
    {
        var expected = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != expected)
                throw new InvalidSafetensorsException(path, $"{entry.Name} begins at byte {entry.Begin}, expected {expected}: ranges overlap or leave a gap");
            expected = entry.End;
        }
        if (expected != dataBytes)
            throw new InvalidSafetensorsException(path, $"tensors end at byte {expected}, the file has {dataBytes}: truncated, or with something behind");
    }
}
