using System.Text;
using Ssl.Shared.Foundation.Audio.Containers;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Recognises a container by its first bytes.</summary>
static class ContainerSignature
{
    const int MinBytes = 12;
    const int TransportPacketBytes = 188;

    /// <summary>
    /// The bytes behind ID3v2 tags and zeros, which some writers put before any format, and behind the line break or byte order mark of a
    /// script that answers with a file.
    /// </summary>
    public static ReadOnlyMemory<byte> WithoutLead(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > MinBytes)
        {
            var lead = bytes.Span.StartsWith("ID3"u8) ? MpegFile.TagBytes(bytes.Span)
                : bytes.Span.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0]) ? bytes.Span.IndexOfAnyExcept((byte)0)
                : bytes.Span.StartsWith("\r\n"u8) ? 2 : bytes.Span.StartsWith("\n"u8) ? 1
                : bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            if (lead <= 0)
                break;
            bytes = bytes[lead..];
        }
        return bytes;
    }

    /// <summary>What the first bytes show; null where they show no supported container.</summary>
    public static AudioContainer? Of(ReadOnlySpan<byte> bytes) => OfName(bytes) ?? (bytes.Length < MinBytes ? null : OfFrames(bytes));

    /// <summary>
    /// True if headerless samples begin with at least eight bytes that only a file begins with. The two bytes of an MPEG frame prove
    /// nothing in a piece of a stream, which may begin anywhere.
    /// </summary>
    public static bool IsSurelyContainer(ReadOnlySpan<byte> bytes) => OfName(bytes) switch
    {
        AudioContainer.Wav or AudioContainer.Aiff => true,
        AudioContainer.Flac => bytes[4..8] is [0, 0, 0, 34], // STREAMINFO of 34 bytes (RFC 9639, section 8)
        AudioContainer.Ogg => bytes[4..8] is [0, 2, 0, 0], // version 0, first page (RFC 3533, section 6)
        AudioContainer.Asf => true,
        AudioContainer.Mp4 => bytes.StartsWith((ReadOnlySpan<byte>)[0, 0]) && bytes[4..].StartsWith("ftyp"u8),
        _ => false,
    };

    static AudioContainer? OfName(ReadOnlySpan<byte> bytes) => (Text(bytes, 0), Text(bytes, 4), Text(bytes, 8)) switch
    {
        ("RIFF" or "RIFX" or "RF64" or "BW64", _, "WAVE") => AudioContainer.Wav,
        ("fLaC", _, _) => AudioContainer.Flac,
        ("OggS", _, _) => AudioContainer.Ogg,
        ("FORM", _, "AIFF" or "AIFC") => AudioContainer.Aiff,
        (".snd", _, _) => AudioContainer.Au,
        ("caff", _, _) => AudioContainer.Caf,
        ("\x1a\x45\xdf\xa3", _, _) => AudioContainer.Matroska,
        (_, "ftyp" or "styp" or "moov" or "mdat" or "moof" or "wide" or "free" or "skip", _) => AudioContainer.Mp4,
        ("\x30\x26\xb2\x75", "\x8e\x66\xcf\x11", _) => AudioContainer.Asf,
        ("#!AM", _, _) => AudioContainer.Amr,
        ("RIFF", _, "AVI ") or ("FLV\x01", _, _) or ("\0\0\x01\xba", _, _) or (".RMF", _, _) or ("wvpk", _, _) or ("MAC ", _, _)
            or ("TTA1", _, _) or ("tBaK", _, _) or ("MPCK", _, _) or ("NIST", "_1A\n", _) or ("Crea", "tive", _) or ("riff", _, _)
            or ("\x7f\xfe\x80\x01", _, _) => AudioContainer.Other,
        _ => null,
    };

    /// <summary>Formats that are frames from the first byte on.</summary>
    static AudioContainer? OfFrames(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xff, var second, ..] when (second & 0xf6) == 0xf0 => AudioContainer.Aac, // ADTS: MPEG sync with a layer of zero
        [0x56, var second, ..] when (second & 0xe0) == 0xe0 => AudioContainer.Aac, // LOAS
        [0x0b, 0x77, ..] => AudioContainer.Ac3,
        [0x47, ..] when IsTransportPacket(bytes, 1) && IsTransportPacket(bytes, 2) => AudioContainer.Other,
        [_, _, _, _, 0x47, ..] when IsCameraPacket(bytes, 1) && IsCameraPacket(bytes, 2) => AudioContainer.Other,
        _ => MpegHeader.Read(bytes) is not null || MpegFile.Begins(bytes) ? AudioContainer.Mpeg : null,
    };

    static bool IsTransportPacket(ReadOnlySpan<byte> bytes, int index) =>
        bytes.Length > index * TransportPacketBytes && bytes[index * TransportPacketBytes] == 0x47;

    /// <summary>Of a camera (AVCHD) or a Blu-ray: a time stamp of four bytes stands before each.</summary>
    static bool IsCameraPacket(ReadOnlySpan<byte> bytes, int index) =>
        bytes.Length > index * (TransportPacketBytes + 4) + 4 && bytes[index * (TransportPacketBytes + 4) + 4] == 0x47;

    static string Text(ReadOnlySpan<byte> bytes, int at) => bytes.Length < MinBytes ? "" : Encoding.Latin1.GetString(bytes.Slice(at, 4));
}
