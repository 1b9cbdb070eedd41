namespace Ssl.Shared.Foundation.Audio;

/// <summary>What becomes of a recording whose end is missing.</summary>
public enum TruncatedAudio
{
    Use, // up to where it is cut off
    Refuse, // its sender may still have all of it
}
