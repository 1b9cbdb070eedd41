using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// WAV (RIFF, RIFX, RF64) and AIFF with the sizes that their bytes show. What a header says is a hint: recorders that are killed leave
/// zero, writers to a pipe all ones, some count the header as audio. NAudio's reader stops at the RIFF size, whatever it is.
/// </summary>
static class ChunkFile
{
    const int HeaderBytes = 12;
    const int ChunkHeaderBytes = 8;

    // Lengths that writers leave who cannot seek back: ffmpeg all ones, sox 0x7ffff000, arecord 2 GB; no file that is read is so long.
    const uint MinUnknown = 0x7fff_0000;

    /// <summary>The files of <c>cat a.wav b.wav</c>, which is also what a header before every piece of a stream makes.</summary>
    public static IEnumerable<AudioPart> WavParts(ReadOnlyMemory<byte> bytes)
    {
        for (var next = 0; next < bytes.Length;)
        {
            var piece = bytes[next..];
            next = NextWav(bytes, next);
            var isLast = next >= bytes.Length;
            yield return Part(isLast ? piece : piece[..^(bytes.Length - next)], "data"u8, isLast);
        }
    }

    public static AudioPart Aiff(ReadOnlyMemory<byte> bytes) => Part(bytes, "SSND"u8, isLast: true);

    static int NextWav(ReadOnlyMemory<byte> bytes, int from)
    {
        var magic = bytes.Span.Slice(from, 4);
        for (var at = from + HeaderBytes; at < bytes.Length; at += 4)
        {
            var found = bytes.Span[at..].IndexOf(magic);
            if (found < 0)
                break;
            at += found;
            if (bytes.Length >= at + HeaderBytes && bytes.Span.Slice(at + 8, 4).SequenceEqual("WAVE"u8))
                return at;
        }
        return bytes.Length;
    }

    static AudioPart Part(ReadOnlyMemory<byte> file, ReadOnlySpan<byte> audio, bool isLast)
    {
        var bytes = file.Span;
        var bigEndian = !(bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8) || bytes.StartsWith("BW64"u8));
        var wide = 0L; // of RF64 (EBU Tech 3306): the true size stands in ds64, the first chunk
        var (format, isPadded) = (0..0, true);
        for (var at = HeaderBytes; at + ChunkHeaderBytes <= bytes.Length;)
        {
            var chunk = bytes[at..];
            long size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("ds64"u8) && chunk.Length >= 24)
                wide = BinaryPrimitives.ReadInt64LittleEndian(chunk[16..]);
            if (chunk.StartsWith(audio))
            {
                var (claimed, start) = (size >= MinUnknown && wide > 0 ? wide : size, at + ChunkHeaderBytes);
                var (length, cutOff) = Measure(bytes[start..], start, claimed, isLast);
                var isTrue = length == claimed && isPadded && bytes[4..8].ContainsAnyExcept((byte)0);
                return new AudioPart(isTrue ? file : Rewritten(bytes, format, start, length, bigEndian), cutOff);
            }
            if (chunk.StartsWith("fmt "u8) || chunk.StartsWith("COMM"u8))
                format = at..(int)Math.Min(bytes.Length, at + ChunkHeaderBytes + size);
            if (size > chunk.Length - ChunkHeaderBytes)
                break;
            at += ChunkHeaderBytes + (int)size;
            if ((size & 1) == 0)
                continue;
            isPadded = !StartsChunk(bytes[at..]);
            at += isPadded ? 1 : 0;
        }
        return new AudioPart(file); // libsndfile finds no audio either, and says why
    }

    /// <summary>Length of the audio that begins the rest, behind so many bytes of headers; and what is missing.</summary>
    static (int Length, CutOff? CutOff) Measure(ReadOnlySpan<byte> rest, int start, long claimed, bool isLast)
    {
        var unknown = claimed is 0 or >= MinUnknown;
        // Behind audio whose size is true come chunks, tags or zeros; anything else is audio that was written after the header.
        var length = unknown || claimed >= rest.Length || !EndsThere(rest[(int)claimed..]) ? rest.Length : (int)claimed;
        // Too large by no more than the headers' size: a writer that counted them, not a lost end.
        return (length, isLast && !unknown && claimed > rest.Length + start ? CutOff.Of(claimed, rest.Length, "bytes") : null);
    }

    static bool EndsThere(ReadOnlySpan<byte> rest) =>
        rest.Length < 4 || rest.StartsWith("TAG"u8) || StartsChunk(rest) || StartsChunk(rest[1..]) || !rest.ContainsAnyExcept((byte)0);

    static bool StartsChunk(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && !bytes[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~');

    /// <summary>The format and the audio alone, with 32-bit sizes that are true.</summary>
    static byte[] Rewritten(ReadOnlySpan<byte> file, Range format, int start, int length, bool bigEndian)
    {
        var head = file[format];
        byte[] bytes =
        [
            .. bigEndian ? file[..4] : "RIFF"u8, 0, 0, 0, 0, .. file[8..HeaderBytes],
            .. head, .. new byte[head.Length & 1], .. file.Slice(start - ChunkHeaderBytes, 4), 0, 0, 0, 0, .. file.Slice(start, length),
        ];
        Write(4, bytes.Length - ChunkHeaderBytes);
        Write(bytes.Length - length - 4, length);
        return bytes;

        void Write(int at, int value)
        {
            if (bigEndian)
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value);
            else
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        }
    }
}
