namespace Ssl.Shared.Foundation.Audio;

/// <summary>How the bytes of a message hold audio.</summary>
public enum AudioEncoding
{
    /// <summary>A file format that describes itself; one message is one clip.</summary>
    Container,

    /// <summary>16-bit little-endian samples without a header.</summary>
    PcmLittleEndian,

    /// <summary>16-bit big-endian samples without a header (RFC 2586).</summary>
    PcmBigEndian,

    /// <summary>8-bit mu-law, 8 kHz, mono, without a header (RFC 2046, section 4.3).</summary>
    MuLaw,
}
