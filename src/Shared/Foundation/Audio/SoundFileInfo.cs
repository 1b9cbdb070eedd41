using System.Runtime.InteropServices;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>libsndfile's SF_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SoundFileInfo
{
    public long Frames;
    public int RateHz;
    public int Channels;
    public int Format;
    public int Sections;
    public int Seekable;

    /// <summary>False for a FLAC that was written without seeking back, and for an Ogg without its last page.</summary>
    public readonly bool KnowsFrames => Frames is >= 0 and < long.MaxValue;
}
