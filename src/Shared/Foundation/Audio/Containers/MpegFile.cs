using System.Buffers.Binary;
using NAudio.Wave;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// MP3 by its frames: tags, padding and damage between them are left out, and each of several joined files gets a Xing header with its true
/// number of frames, since libsndfile reads only as far as that, or an estimate from the first frame's bit rate, says.
/// </summary>
static class MpegFile
{
    const int MinSynced = 3; // frames in a row: two bytes of sync code also occur by chance
    const int MaxLeadBytes = 1 << 16;

    /// <summary>True if frames begin within the first 64 KiB.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < Math.Min(bytes.Length, MaxLeadBytes); at++)
        {
            var found = bytes[at..].IndexOf((byte)0xff);
            if (found < 0)
                break;
            at += found;
            var (next, count) = (at, 0);
            while (next < bytes.Length && count < MinSynced && MpegHeader.Read(bytes[next..]) is { } header)
                (next, count) = (next + header.Bytes, count + 1);
            if (count == MinSynced)
                return at < MaxLeadBytes;
        }
        return false;
    }

    public static IReadOnlyList<AudioPart> Parts(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var parts = new List<AudioPart>();
        var run = new Run();
        var cut = false;
        for (var at = 0; at < bytes.Length;)
        {
            if (TagBytes(bytes[at..]) is > 0 and var tag)
            {
                at += tag;
                continue;
            }
            if (MpegHeader.Read(bytes[at..]) is not { } header || !(run.EndsAt(at, header) || IsSynced(bytes, at, header)))
            {
                var found = bytes[(at + 1)..].IndexOfAny((byte)0xff, (byte)'I');
                at = found < 0 ? bytes.Length : at + 1 + found;
                continue;
            }
            if (cut = at + header.Bytes > bytes.Length)
                break;
            var frame = bytes.Slice(at, header.Bytes);
            var isXing = IsXing(frame, header);
            if (isXing || IsVbri(frame) || (run.Frames.Count > 0 || run.Xing is not null) && !run.Header.Continues(header))
            {
                run.AddTo(parts, file, cut: false);
                run = new Run();
            }
            if (isXing)
                run.Xing = frame.ToArray();
            if (!isXing && !IsVbri(frame))
                run.Frames.Add((at, header.Bytes));
            (run.Header, run.End) = (header, at + header.Bytes);
            at += header.Bytes;
        }
        run.AddTo(parts, file, cut);
        return parts;
    }

    /// <summary>Out of a run, a header counts only if the next one stands where it says, or it is the file's last frame.</summary>
    static bool IsSynced(ReadOnlySpan<byte> bytes, int at, MpegHeader header)
    {
        var next = at + header.Bytes;
        return next == bytes.Length
            || next < bytes.Length && (TagBytes(bytes[next..]) > 0 || MpegHeader.Read(bytes[next..])?.RateHz == header.RateHz);
    }

    /// <summary>Bytes of a tag that begins here: ID3v2 (its size in seven bits a byte), ID3v1, APE.</summary>
    public static int TagBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 10 && bytes.StartsWith("ID3"u8) && bytes[3] < 0xff && (bytes[6] | bytes[7] | bytes[8] | bytes[9]) < 0x80)
        {
            var (size, footer) = (bytes[6] << 21 | bytes[7] << 14 | bytes[8] << 7 | bytes[9], (bytes[5] & 0x10) != 0 ? 10 : 0);
            return 10 + size + footer < bytes.Length ? 10 + size + footer : 10; // a size that takes all of the file is false
        }
        if (bytes.Length >= 32 && bytes.StartsWith("APETAGEX"u8)) // the size leaves out its header, but not its footer
            return (int)Math.Min(bytes.Length, 32L + (bytes[23] >= 0x80 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) : 0));
        return bytes.Length >= 128 && bytes.StartsWith("TAG"u8) ? 128 : 0;
    }

    static bool IsXing(ReadOnlySpan<byte> frame, MpegHeader header) =>
        header.Layer == MpegLayer.Layer3 && frame.Length >= header.XingOffset + 16
            && (frame[header.XingOffset..].StartsWith("Xing"u8) || frame[header.XingOffset..].StartsWith("Info"u8));

    static bool IsVbri(ReadOnlySpan<byte> frame) => frame.Length >= 40 && frame[36..].StartsWith("VBRI"u8);

    /// <summary>Frames that one decoder reads.</summary>
    sealed class Run
    {
        const int HasFrames = 1;
        const int HasBytes = 2;

        public List<(int At, int Bytes)> Frames { get; } = [];
        public MpegHeader Header { get; set; }
        public int End { get; set; } = -1;
        /// <summary>The frame with the encoder's own Xing header.</summary>
        public byte[]? Xing { get; set; }

        public bool EndsAt(int at, MpegHeader next) => End == at && Header.Continues(next);

        public void AddTo(List<AudioPart> parts, ReadOnlyMemory<byte> file, bool cut)
        {
            if (Frames.Count == 0)
                return;
            var length = Frames.Sum(f => f.Bytes);
            var cutOff = MissingByXing(length) ?? (cut ? new CutOff(null, "its last frame is not whole") : null);
            var xing = Header.Layer == MpegLayer.Layer3 ? TrueXing(file.Span[Frames[0].At..], length) : [];
            var bytes = new byte[xing.Length + length];
            xing.CopyTo(bytes, 0);
            var at = xing.Length;
            foreach (var (start, size) in Frames)
            {
                file.Span.Slice(start, size).CopyTo(bytes.AsSpan(at));
                at += size;
            }
            parts.Add(new AudioPart(bytes, cutOff));
        }

        (int Flags, uint Frames, uint Bytes) Promise()
        {
            if (Xing is null)
                return default;
            var fields = Xing.AsSpan(Header.XingOffset + 4);
            var flags = BinaryPrimitives.ReadInt32BigEndian(fields);
            uint At(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Xing.AsSpan(Header.XingOffset + offset));
            return (flags, (flags & HasFrames) != 0 ? At(8) : 0,
                (flags & HasBytes) == 0 ? 0 : (flags & HasFrames) == 0 ? At(8) : Xing.Length >= Header.XingOffset + 16 ? At(12) : 0);
        }

        /// <summary>Where the header counts bytes too, both must be missing: a wrong number alone proves no loss.</summary>
        CutOff? MissingByXing(int length)
        {
            var (_, frames, bytes) = Promise();
            return frames > Frames.Count + 1 && (bytes == 0 || bytes > Xing!.Length + length + Header.Bytes)
                ? CutOff.Of(frames, Frames.Count, "frames") : null;
        }

        /// <summary>The encoder's header, which also gives its delay and padding, or a new one; both with the true numbers.</summary>
        byte[] TrueXing(ReadOnlySpan<byte> first, int length)
        {
            var (flags, _, _) = Promise();
            var header = (flags & HasFrames) != 0 ? Xing! : NewXing(first);
            var offset = Header.XingOffset;
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(offset + 8), Frames.Count);
            if (header != Xing || (flags & HasBytes) != 0)
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(offset + 12), header.Length + length);
            return header;
        }

        byte[] NewXing(ReadOnlySpan<byte> first)
        {
            var head = first[..4].ToArray();
            head[1] |= 1; // no CRC
            for (var bitrate = 1; ; bitrate++)
            {
                head[2] = (byte)(bitrate << 4 | first[2] & 0x0c);
                if (MpegHeader.Read(head)!.Value.Bytes >= Header.XingOffset + 16)
                    break;
            }
            var frame = new byte[MpegHeader.Read(head)!.Value.Bytes];
            head.CopyTo(frame, 0);
            "Xing"u8.CopyTo(frame.AsSpan(Header.XingOffset));
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(Header.XingOffset + 4), HasFrames | HasBytes);
            return frame;
        }
    }
}
