using System.Runtime.InteropServices;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>A system library or program that audio is read with.</summary>
/// <param name="Package">Of Debian and Ubuntu.</param>
/// <param name="IsNeeded">Without it no service starts.</param>
/// <param name="Use">What it does here.</param>
/// <param name="IsThere">Whether this process can load or start it.</param>
public sealed record AudioLibrary(string Name, string Package, bool IsNeeded, string Use, bool IsThere)
{
    /// <summary>Looks for each now.</summary>
    public static IReadOnlyList<AudioLibrary> All() =>
    [
        new(SoundFile.Library, "libsndfile1", true, "reads WAV, FLAC, Ogg, MP3, AIFF, AU, CAF", Loads(SoundFile.Library)),
        new(Resampler.Library, "libsoxr0", true, "resamples to 16 kHz", Loads(Resampler.Library)),
        new(OpusFile.Library, "libopus0", false, "reads Opus at 16 kHz at once, with less CPU", Loads(OpusFile.Library)),
        new("ffmpeg", "ffmpeg", false, "reads MP4, WebM, AAC, AMR and what else phones record", FfmpegDecoder.IsInstalled),
    ];

    static bool Loads(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
            return false;
        NativeLibrary.Free(handle);
        return true;
    }
}
