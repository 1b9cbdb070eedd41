using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Changes the process's <c>PATH</c>: runs when no other test does.</summary>
[CollectionDefinition(nameof(FfmpegStartTests), DisableParallelization = true)]
public sealed class FfmpegStartCollection;

[Collection(nameof(FfmpegStartTests))]
public sealed class FfmpegStartTests
{
    [Fact]
    public async Task An_ffmpeg_that_cannot_be_started_refuses_the_file_and_stops_nothing()
    {
        const int more = 64; // processes that wait from before, at most
        var phone = FfmpegProgram.Encode(TestAudio.Bursts(1), "-c:a aac OUT.m4a");
        using var folder = new TemporaryFolder();
        foreach (var program in new[] { "ffmpeg", "prlimit" })
            await File.WriteAllTextAsync(folder.File(program), "not a program", TestContext.Current.CancellationToken);
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", folder.Path);
            var decoded = AudioDecoder.Decode(phone, null, DecodeLimits.Default);
            for (var i = 0; i < more && decoded.Ok; i++)
                decoded = AudioDecoder.Decode(phone, null, DecodeLimits.Default);
            Assert.Equal(RejectReason.FfmpegMissing, decoded.Reason);
            Assert.Contains("cannot be started", decoded.Detail);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
        Assert.True(AudioDecoder.Decode(phone, null, DecodeLimits.Default).Ok);
    }
}
