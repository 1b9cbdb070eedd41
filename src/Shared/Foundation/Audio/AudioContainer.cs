namespace Ssl.Shared.Foundation.Audio;

/// <summary>File formats that are read. libsndfile knows more; formats without a signature, or that nobody sends, are refused.</summary>
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
