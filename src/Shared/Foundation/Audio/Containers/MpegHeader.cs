using NAudio.Wave;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>What the four bytes before an MPEG audio frame say (ISO 11172-3, section 2.4.1.3); NAudio reads them.</summary>
readonly record struct MpegHeader(int Bytes, int Samples, int RateHz, MpegVersion Version, MpegLayer Layer, bool IsMono)
{
    const int HeaderBytes = 4;
    const int MaxFrameSamples = 1152;

    /// <summary>Offset at which encoders put <c>Xing</c> or <c>Info</c>: behind the side information.</summary>
    public int XingOffset => HeaderBytes + (Version == MpegVersion.Version1 ? IsMono ? 17 : 32 : IsMono ? 9 : 17);

    /// <summary>True if one decoder goes on from that frame to this one.</summary>
    public bool Continues(MpegHeader other) => (RateHz, Version, Layer, IsMono) == (other.RateHz, other.Version, other.Layer, other.IsMono);

    /// <summary>The header at the beginning of the bytes, or null.</summary>
    public static MpegHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0 || (bytes[2] & 0xf0) is 0 or 0xf0)
            return null; // before an object is made for it: damage may hold millions of such bytes
        using var header = new MemoryStream(bytes[..HeaderBytes].ToArray(), writable: false);
        // From these bytes alone: over a whole stream NAudio asks for two more headers, and drops the last frames before a tag.
        return Mp3Frame.LoadFromStream(header, readData: false) is { FrameLength: > HeaderBytes, SampleCount: <= MaxFrameSamples } frame
            ? new MpegHeader(frame.FrameLength, frame.SampleCount, frame.SampleRate, frame.MpegVersion, frame.MpegLayer,
                frame.ChannelMode == ChannelMode.Mono)
            : null;
    }
}
