namespace Ssl.Shared.Foundation.Audio;

/// <summary>File formats that are read. libsndfile knows more; those without a signature of their own, or that nobody sends, stay outside the door.</summary>
public enum AudioContainer
{
    Wav,
    Flac,
    Ogg,
    Mpeg,
    Aiff,
    Au,
    Caf,
}
