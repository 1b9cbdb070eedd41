namespace Ssl.Shared.Foundation.Audio;

/// <summary>Reads an audio file of a supported container to 16 kHz mono PCM16.</summary>
public static class AudioFile
{
    const long LargestBytes = 512L << 20;

    /// <exception cref="IOException">The file cannot be read at all.</exception>
    public static DecodeResult Read(string path, DecodeLimits? limits = null)
    {
        if (new FileInfo(path).Length is > LargestBytes and var bytes)
            return DecodeResult.Refused(RejectReason.TooLong, $"{bytes} bytes, at most {LargestBytes}");
        return AudioDecoder.Decode(File.ReadAllBytes(path), contentType: null, limits ?? DecodeLimits.Default);
    }
}
