using System.Runtime.InteropServices;

namespace Ssl.TestKit;

/// <summary>Writes audio files with libsndfile (sndfile.h), so that tests need no other program for it.</summary>
public static unsafe partial class TestSoundFile
{
    public const int WavPcm16 = 0x010002;
    public const int WavFloat = 0x010006;
    public const int WavMuLaw = 0x010010;
    public const int Flac = 0x170002;
    public const int Vorbis = 0x200060;
    public const int Opus = 0x200064;
    public const int Mp3 = 0x230082;
    public const int Aiff = 0x020002;
    public const int Au = 0x030002;
    public const int Caf = 0x180002;

    const int WriteMode = 0x20;

    /// <param name="interleaved">16-bit samples; written as often as <paramref name="times"/> says, block by block.</param>
    /// <param name="format">SF_FORMAT_ container and encoding.</param>
    public static byte[] Encode(ReadOnlySpan<short> interleaved, int format, int rateHz = 16_000, int channels = 1, int times = 1)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("audio");
        var info = new Info { RateHz = rateHz, Channels = channels, Format = format };
        var file = Open(path, WriteMode, ref info);
        if (file == 0)
            throw new InvalidOperationException($"libsndfile writes no format {format:x} here");
        var samples = new float[interleaved.Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = interleaved[i] / 32768f;
        fixed (float* start = samples)
            for (var i = 0; i < times; i++)
                _ = WriteFrames(file, start, interleaved.Length / channels);
        _ = Close(file);
        return File.ReadAllBytes(path);
    }

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int mode, ref Info info);

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_writef_float")]
    private static partial long WriteFrames(nint file, float* samples, long frames);

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_close")]
    private static partial int Close(nint file);

    [StructLayout(LayoutKind.Sequential)]
    struct Info
    {
        public long Frames;
        public int RateHz;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }
}
