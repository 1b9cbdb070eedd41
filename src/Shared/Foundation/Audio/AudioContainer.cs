namespace Ssl.Shared.Foundation.Audio;

/// <summary>Formats that are read: up to <see cref="Caf"/> by libsndfile in this process, the others by ffmpeg in one of its own.</summary>
public enum AudioContainer
{
    Wav,
    Flac,
    Ogg,
    Mpeg, // layers I to III
    Aiff,
    Au,
    Caf,
    Matroska, // WebM too
    Mp4, // M4A, 3GP and QuickTime too
    Aac, // ADTS, LOAS
    Amr,
    Asf, // WMA
    Ac3, // E-AC-3 too
    Other, // what else ffmpeg may read: AVI, FLV, MPEG transport and program streams, WavPack ...
}
