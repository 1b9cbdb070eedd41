namespace Ssl.Shared.Foundation.Audio;

/// <summary>How the bytes of a message hold audio.</summary>
public enum AudioEncoding
{
    Container, // a file format that describes itself; one message is one clip
    PcmLittleEndian, // 16-bit samples without a header
    PcmBigEndian, // 16-bit samples without a header (RFC 2586)
    MuLaw, // 8-bit samples without a header (ITU-T G.711)
    ALaw, // the same with the European law
    G722, // 64 kbit/s: four bits a sample of 16 kHz; the decoder has a state, so one message is one clip (ITU-T G.722)
}
