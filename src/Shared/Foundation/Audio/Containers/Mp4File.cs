using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// MP4 and QuickTime (ISO 14496-12) with the index before the data. Phones write it at the end, where a reader of a pipe cannot seek to.
/// </summary>
static class Mp4File
{
    const int HeaderBytes = 8;
    const int MaxDepth = 5; // moov, trak, mdia, minf, stbl
    const int MaxParts = 20; // each costs a process

    /// <summary>The files that were joined, each for a pipe: a reader stops at the second index.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> file)
    {
        var starts = new List<int> { 0 };
        var hasIndex = false;
        foreach (var box in Boxes(file, 0, file.Length))
        {
            if (hasIndex && box.IsNamed(file.Span, "ftyp"u8) && starts.Count < MaxParts)
            {
                starts.Add(box.At);
                hasIndex = false;
            }
            hasIndex |= box.IsNamed(file.Span, "moov"u8);
        }
        return [.. starts.Zip([.. starts.Skip(1), file.Length], (from, to) => Streamable(file[from..to]))];
    }

    /// <summary>The same file for a pipe; unchanged where its index comes first or is missing.</summary>
    static ReadOnlyMemory<byte> Streamable(ReadOnlyMemory<byte> file)
    {
        var data = Boxes(file, 0, file.Length).FirstOrDefault(box => box.IsNamed(file.Span, "mdat"u8));
        var index = Boxes(file, 0, file.Length).FirstOrDefault(box => box.IsNamed(file.Span, "moov"u8));
        if (data.Bytes == 0 || index.At <= data.At)
            return file;
        var moved = file.Span.Slice(index.At, index.Bytes).ToArray();
        Shift(moved, 0, moved.Length, index.Bytes, MaxDepth);
        return (byte[])[.. file.Span[..data.At], .. moved, .. file.Span[data.At..index.At], .. file.Span[(index.At + index.Bytes)..]];
    }

    static List<Box> Boxes(ReadOnlyMemory<byte> file, int from, int to)
    {
        var boxes = new List<Box>();
        for (var at = (long)from; at + HeaderBytes <= to;)
        {
            var header = file.Span[(int)at..to];
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (size == 1 && header.Length >= 16)
                size = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
            if (size == 0)
                size = header.Length; // it goes on to the end
            if (size < HeaderBytes || size > header.Length)
                break;
            boxes.Add(new Box((int)at, (int)size));
            at += size;
        }
        return boxes;
    }

    /// <summary>Adds to the places of the data in the tables of every track.</summary>
    static void Shift(byte[] index, int from, int to, int by, int depth)
    {
        foreach (var box in Boxes(index, from, to))
        {
            var (start, end) = (box.At + HeaderBytes, box.At + box.Bytes);
            if (depth > 0 && (box.IsNamed(index, "moov"u8) || box.IsNamed(index, "trak"u8)
                || box.IsNamed(index, "mdia"u8) || box.IsNamed(index, "minf"u8) || box.IsNamed(index, "stbl"u8)))
                Shift(index, start, end, by, depth - 1);
            var wide = box.IsNamed(index, "co64"u8);
            if (!wide && !box.IsNamed(index, "stco"u8) || box.Bytes < HeaderBytes + 8)
                continue;
            for (var at = start + 8; at + (wide ? 8 : 4) <= end; at += wide ? 8 : 4) // behind version, flags and the count
            {
                var place = index.AsSpan(at);
                if (wide)
                    BinaryPrimitives.WriteInt64BigEndian(place, BinaryPrimitives.ReadInt64BigEndian(place) + by);
                else
                    BinaryPrimitives.WriteUInt32BigEndian(place, BinaryPrimitives.ReadUInt32BigEndian(place) + (uint)by);
            }
        }
    }

    readonly record struct Box(int At, int Bytes)
    {
        public bool IsNamed(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name) => file.Slice(At + 4, 4).SequenceEqual(name);
    }
}
