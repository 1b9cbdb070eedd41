using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>The recordings from the field; tests beside this one make their own of each kind.</summary>
public sealed class FieldCaseTests
{
    [Theory]
    [InlineData("wav-data-size-44-too-large.wav", null, 3.0)]
    [InlineData("wav-data-size-zero.wav", null, 3.0)]
    [InlineData("mp3-two-files-joined.mp3", null, 20.1)]
    [InlineData("mp3-vbr-without-xing.mp3", null, 10.1)]
    [InlineData("opus-granule-gap.opus", null, 20.0)]
    [InlineData("browser-recording.webm", "audio/webm;codecs=opus", 10.0)]
    [InlineData("phone-recording.m4a", "audio/mp4", 10.0)]
    [InlineData("alaw-8000.raw", "audio/PCMA;rate=8000", 3.0)]
    [InlineData("alaw-8000.raw", "audio/x-alaw-basic", 3.0)]
    [InlineData("mulaw-8000.raw", "audio/PCMU", 3.0)]
    [InlineData("mulaw-8000.raw", "audio/x-mulaw;rate=8000", 3.0)]
    public void It_is_as_long_as_it_should_be(string file, string? contentType, double seconds)
    {
        var decoded = AudioDecoder.Decode(File.ReadAllBytes(SharedFolder.Case($"audio/{file}")), contentType, DecodeLimits.Default);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Null(decoded.Truncation);
        Assert.InRange(decoded.DurationSeconds, seconds - 0.1001, seconds + 0.1);
        Assert.InRange(Math.Sqrt(decoded.Samples.Average(s => (double)s * s)), 2_000, 8_000);
    }
}
