using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>AU and CAF with the length of the audio that is there; libsndfile refuses a CAF that promises more.</summary>
static class LengthField
{
    const int CafHeaderBytes = 8;
    const int CafChunkHeaderBytes = 12;

    /// <summary>Four bytes each: magic, first byte of the audio, its length (all ones: unknown), encoding, rate, channels.</summary>
    public static AudioPart Au(ReadOnlyMemory<byte> file)
    {
        var start = BinaryPrimitives.ReadUInt32BigEndian(file.Span[4..]);
        var claimed = BinaryPrimitives.ReadUInt32BigEndian(file.Span[8..]);
        return Part(file, start, claimed >= int.MaxValue ? 0 : claimed,
            whole => BinaryPrimitives.WriteUInt32BigEndian(whole[8..], uint.MaxValue));
    }

    /// <summary>Chunks with lengths of 64 bits; that of the audio may be -1 where it goes on to the end.</summary>
    public static AudioPart Caf(ReadOnlyMemory<byte> file)
    {
        for (var at = (long)CafHeaderBytes; at + CafChunkHeaderBytes <= file.Length;)
        {
            var chunk = file.Span[(int)at..];
            var place = (int)at + 4;
            var size = BinaryPrimitives.ReadInt64BigEndian(chunk[4..]);
            var rest = chunk.Length - CafChunkHeaderBytes;
            if (chunk.StartsWith("data"u8))
                return Part(file, at + CafChunkHeaderBytes, size, whole => BinaryPrimitives.WriteInt64BigEndian(whole[place..], rest));
            if (size < 0 || size > rest)
                break;
            at += CafChunkHeaderBytes + size;
        }
        return new AudioPart(file);
    }

    /// <param name="claimed">0 or less: unknown.</param>
    static AudioPart Part(ReadOnlyMemory<byte> file, long start, long claimed, Action<Span<byte>> correct)
    {
        var rest = file.Length - start;
        if (rest <= 0 || claimed > 0 && claimed <= rest)
            return new AudioPart(file);
        var bytes = file.ToArray();
        correct(bytes);
        return new AudioPart(bytes, claimed > rest + start ? CutOff.Of(claimed, rest, "bytes") : null);
    }
}
