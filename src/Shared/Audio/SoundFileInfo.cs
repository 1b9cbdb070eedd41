using System.Runtime.InteropServices;

namespace Ssl.Shared.Audio;

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
}
