namespace Ssl.Shared.Foundation.Audio;

/// <summary>Recognises a container by its first bytes.</summary>
static class ContainerSignature
{
    const int LayerMask = 0x06;
    const int BitrateMask = 0xf0;
    const int RateMask = 0x0c;

    /// <summary>What the first bytes show; null where they show none that is read.</summary>
    public static AudioContainer? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
            return null;
        var first = bytes[..4];
        var form = bytes[8..12];
        if (form.SequenceEqual("WAVE"u8)
            && (first.SequenceEqual("RIFF"u8) || first.SequenceEqual("RIFX"u8) || first.SequenceEqual("RF64"u8)))
            return AudioContainer.Wav;
        if (first.SequenceEqual("fLaC"u8))
            return AudioContainer.Flac;
        if (first.SequenceEqual("OggS"u8))
            return AudioContainer.Ogg;
        if (first.SequenceEqual("FORM"u8) && (form.SequenceEqual("AIFF"u8) || form.SequenceEqual("AIFC"u8)))
            return AudioContainer.Aiff;
        if (first.SequenceEqual(".snd"u8))
            return AudioContainer.Au;
        if (first.SequenceEqual("caff"u8))
            return AudioContainer.Caf;
        return first.StartsWith("ID3"u8) || IsMpegFrame(bytes) ? AudioContainer.Mpeg : null;
    }

    /// <summary>
    /// True if headerless samples begin with at least eight bytes that only a file begins with. The two bytes of an MPEG frame prove
    /// nothing in a piece of a stream, which may begin anywhere.
    /// </summary>
    public static bool IsSurelyContainer(ReadOnlySpan<byte> bytes) => Of(bytes) switch
    {
        AudioContainer.Wav or AudioContainer.Aiff => true,
        AudioContainer.Flac => bytes[4..8].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 34]), // STREAMINFO of 34 bytes (RFC 9639, section 8)
        AudioContainer.Ogg => bytes[4..8].SequenceEqual((ReadOnlySpan<byte>)[0, 2, 0, 0]), // version 0, first page (RFC 3533, section 6)
        _ => false,
    };

    /// <summary>Eleven bits of sync, and no value that ISO 11172-3 reserves.</summary>
    static bool IsMpegFrame(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0xff && (bytes[1] & 0xe0) == 0xe0 && (bytes[1] & LayerMask) != 0
            && (bytes[2] & BitrateMask) != BitrateMask && (bytes[2] & RateMask) != RateMask;
}
