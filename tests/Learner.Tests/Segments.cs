using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Tests;

/// <summary>Segments whose samples say which they are.</summary>
static class Segments
{
    public static AudioSegment Numbered(int number, double seconds = 1, string stream = "stream") => new()
    {
        Id = $"audio.raw/0/{number}/0",
        StreamId = stream,
        Pcm = MemoryMarshal.AsBytes(Enumerable.Repeat((short)number, (int)(seconds * AudioFormat.SampleRateHz)).ToArray().AsSpan())
            .ToArray(),
    };

    /// <summary>Gliding tones in noise: something to learn from.</summary>
    public static AudioSegment Tones(int number, double seconds)
    {
        var random = new Random(number);
        var samples = new short[(int)(seconds * AudioFormat.SampleRateHz)];
        var phase = 0.0;
        var frequencyHz = 200.0;
        for (var i = 0; i < samples.Length; i++)
        {
            if (i % 3200 == 0)
                frequencyHz = 200 + random.Next(8) * 300;
            phase += 2 * Math.PI * frequencyHz / AudioFormat.SampleRateHz;
            samples[i] = (short)(6000 * Math.Sin(phase) + random.Next(-300, 300));
        }
        return new() { Id = $"audio.raw/1/{number}/0", StreamId = "tones", Pcm = MemoryMarshal.AsBytes(samples.AsSpan()).ToArray() };
    }
}
