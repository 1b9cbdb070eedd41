using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Ssl.Transcriber.Tests;

/// <summary>WAV bytes of 16 kHz mono PCM16.</summary>
static class Wav
{
    public static byte[] Of(ReadOnlySpan<short> samples)
    {
        var pcm = MemoryMarshal.AsBytes(samples);
        var wav = new byte[44 + pcm.Length];
        void Text(int at, string text) => Encoding.ASCII.GetBytes(text, wav.AsSpan(at));
        void Number(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(at), value);
        Text(0, "RIFF");
        Number(4, 36 + pcm.Length);
        Text(8, "WAVEfmt ");
        Number(16, 16);
        Number(20, 1 | 1 << 16); // PCM, one channel
        Number(24, 16_000);
        Number(28, 32_000);
        Number(32, 2 | 16 << 16);
        Text(36, "data");
        Number(40, pcm.Length);
        pcm.CopyTo(wav.AsSpan(44));
        return wav;
    }
}
