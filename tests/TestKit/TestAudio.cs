using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ssl.TestKit;

/// <summary>Synthetic audio: tones that swell like syllables, in noise, parted by pauses, so that a cutter has something to cut.</summary>
public static class TestAudio
{
    /// <summary>16-bit samples: <paramref name="bursts"/> tones of 1.2 s, each behind a pause of <paramref name="pauseSeconds"/>.</summary>
    public static short[] Bursts(int bursts, double pauseSeconds = 0.8, int rateHz = 16_000, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new List<short>();
        for (var burst = 0; burst < bursts; burst++)
        {
            for (var i = 0; i < pauseSeconds * rateHz; i++)
                samples.Add((short)random.Next(-3, 4));
            var hz = 200 + random.Next(600);
            for (var i = 0; i < 1.2 * rateHz; i++)
                samples.Add((short)(8000 * Swell(i) * Math.Sin(2 * Math.PI * hz * i / rateHz) + random.Next(-500, 501)));
        }
        return [.. samples];

        double Swell(int i) => Math.Pow(Math.Sin(5 * Math.PI * i / rateHz), 2); // five a second
    }

    /// <summary>A RIFF file of 16-bit PCM.</summary>
    /// <param name="claimedDataBytes">What its header says of the data chunk; null: the truth.</param>
    public static byte[] Wav(ReadOnlySpan<short> interleaved, int rateHz = 16_000, short channels = 1, uint? claimedDataBytes = null)
    {
        var bytes = new byte[44 + interleaved.Length * 2];
        var header = bytes.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], claimedDataBytes is { } c ? c | 36 : (uint)(bytes.Length - 8));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], rateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], rateHz * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], claimedDataBytes ?? (uint)(interleaved.Length * 2));
        MemoryMarshal.AsBytes(interleaved).CopyTo(header[44..]);
        return bytes;
    }
}
