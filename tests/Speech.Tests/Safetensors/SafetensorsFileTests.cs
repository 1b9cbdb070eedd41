using System.Buffers.Binary;
using System.Text;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), $"ssl-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    public void What_is_written_is_read(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var matrix = arange(12, dtype: ScalarType.Float32).reshape(3, 4).to(type);
        SafetensorsFile.Write(path, [("a", matrix), ("scalar", torch.tensor(7f)), ("empty", zeros(0, 3))]);
        var read = SafetensorsFile.Read(path);
        Assert.Equal(type, read["a"].dtype);
        Assert.True(read["a"].equal(matrix).all().item<bool>());
        Assert.Equal(7f, read["scalar"].item<float>());
        Assert.Equal([0, 3], read["empty"].shape);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""",
        6, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "trailing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 8, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}""", 8, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", 4, "shape")]
    [InlineData("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", 4, "F99")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8, "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "header")]
    [InlineData("[1,2]", 0, "header")]
    [InlineData("not json", 0, "header")]
    public void A_hostile_header_is_refused(string header, int dataBytes, string told)
    {
        Write((ulong)Encoding.UTF8.GetByteCount(header), Encoding.UTF8.GetBytes(header), dataBytes);
        var refused = Assert.Throws<InvalidModelException>(() => SafetensorsFile.Read(path));
        Assert.Contains(told, refused.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 21)]
    [InlineData(1000ul)]
    public void A_header_longer_than_allowed_or_than_the_file_is_refused_before_it_is_read(ulong length)
    {
        Write(length, "{}"u8.ToArray(), 0);
        Assert.Throws<InvalidModelException>(() => SafetensorsFile.Read(path));
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        File.WriteAllBytes(path, []);
        Assert.Throws<InvalidModelException>(() => SafetensorsFile.Read(path));
    }

    void Write(ulong length, byte[] header, int dataBytes)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        header.CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
    }
}
