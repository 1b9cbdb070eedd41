using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// CAF of a codec with packets (Apple's Core Audio Format Specification): voice messages of iPhones are Opus in one. The table of packets
/// usually stands behind the audio, where a reader of a pipe cannot seek to.
/// </summary>
static class CafFile
{
    const int HeaderBytes = 8;
    const int ChunkHeaderBytes = 12;

    /// <summary>The same file with the audio as its last chunk; unchanged where it is damaged.</summary>
    public static ReadOnlyMemory<byte> Streamable(ReadOnlyMemory<byte> file)
    {
        var (data, others) = (0..0, new List<Range>());
        for (var at = HeaderBytes; at + ChunkHeaderBytes <= file.Length;)
        {
            var size = BinaryPrimitives.ReadInt64BigEndian(file.Span[(at + 4)..]);
            if (size < 0 || size > file.Length - at - ChunkHeaderBytes)
                return file;
            var chunk = at..(at + ChunkHeaderBytes + (int)size);
            if (file.Span[at..].StartsWith("data"u8))
                data = chunk;
            else
                others.Add(chunk);
            at = chunk.End.Value;
        }
        return (byte[])[.. file.Span[..HeaderBytes], .. others.SelectMany(chunk => file[chunk].ToArray()), .. file.Span[data]];
    }
}
