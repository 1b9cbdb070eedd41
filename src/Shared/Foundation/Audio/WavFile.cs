using System.Runtime.InteropServices;
using NAudio.Wave;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Samples as a WAV file, for players.</summary>
public static class WavFile
{
    /// <param name="samples">16 kHz mono PCM16.</param>
    public static byte[] Of(ReadOnlySpan<short> samples)
    {
        using var file = new MemoryStream();
        using (var writer = new WaveFileWriter(file, new WaveFormat(AudioFormat.SampleRateHz, 16, 1)))
            writer.Write(MemoryMarshal.AsBytes(samples).ToArray(), 0, samples.Length * AudioFormat.BytesPerSample);
        return file.ToArray();
    }
}
