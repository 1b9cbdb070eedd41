using System.Net;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>However a request ends, it returns its lease: the version that it used is disposed once another serves.</summary>
public sealed class LeaseTests
{
    static readonly byte[] Recording = TestAudio.Wav(TestAudio.Bursts(1));

    [Theory]
    [InlineData("whole", HttpStatusCode.OK)]
    [InlineData("streamed", HttpStatusCode.OK)]
    [InlineData("no audio", HttpStatusCode.BadRequest)]
    [InlineData("too short", HttpStatusCode.BadRequest)]
    [InlineData("failing", HttpStatusCode.InternalServerError)]
    public async Task A_request_returns_its_lease(string kind, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        var model = new FakeModel(1, whileRunning: () =>
        {
            if (kind == "failing")
                throw new InvalidOperationException("a fault of the model");
        });
        server.Slot.Swap(model.Model);
        var file = kind switch
        {
            "no audio" => "this is no audio"u8.ToArray(),
            "too short" => TestAudio.Wav(new short[100]),
            _ => Recording,
        };
        for (var i = 0; i < 3; i++)
        {
            using var answer = await server.TranscribeAsync(file, "ssl", ("stream", kind == "streamed" ? "true" : "false"));
            Assert.Equal(expected, answer.StatusCode);
        }
        Assert.False(model.IsDisposed);
        server.Slot.Swap(new FakeModel(2).Model);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!model.IsDisposed) // a worker ends its own just behind the answer
            await Task.Delay(10, limit.Token);
    }
}
