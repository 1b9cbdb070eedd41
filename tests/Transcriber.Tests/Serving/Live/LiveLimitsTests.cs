using System.Net.WebSockets;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Live;

/// <summary>What clients do wrong or too much, and what ends a session, over real sockets.</summary>
public sealed class LiveLimitsTests
{
    const string Completed = "conversation.item.input_audio_transcription.completed";
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_cannot_be_served_is_told_before_the_upgrade()
    {
        await using var server = await TestServer.StartAsync(
            new ServingOptions { AllowedOrigins = "https://a.example" }, live: new LiveOptions { MaxSessions = 1 });
        Assert.Equal(503, await LiveClient.RefusalAsync(server)); // no recognizer yet
        server.Slot.Swap(new FakeModel(1).Model);
        Assert.Equal(404, await LiveClient.RefusalAsync(server, "model=gpt-9"));
        Assert.Equal(400, await LiveClient.RefusalAsync(server, "intent=conversation"));
        Assert.Equal(403, await LiveClient.RefusalAsync(server, set: o => o.SetRequestHeader("Origin", "https://b.example")));
        Assert.Equal(426, (int)(await server.Client.GetAsync("v1/realtime", Ct)).StatusCode);
        using (var first = await LiveClient.ConnectAsync(server, set: o => o.SetRequestHeader("Origin", "https://a.example")))
        {
            await first.UntilAsync("session.created");
            Assert.Equal(429, await LiveClient.RefusalAsync(server));
            await first.CloseAsync();
        }
        await UntilNobodyAsync(server);
        using var next = await LiveClient.ConnectAsync(server);
    }

    [Fact]
    public async Task An_oversized_message_ends_the_session_and_a_binary_one_does_not()
    {
        await using var server = await StartAsync(new LiveOptions { MaxMessageBytes = 100_000 });
        using var client = await LiveClient.ConnectAsync(server);
        await client.SendTextAsync("""{"type":"input_audio_buffer.clear"}""", WebSocketMessageType.Binary);
        Assert.Equal("binary_message", (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString());
        await client.SendTextAsync("{", ends: false); // in pieces
        await client.SendTextAsync(new string(' ', 60_000), ends: false);
        await client.SendTextAsync(new string(' ', 60_000), ends: false);
        Assert.Equal("message_too_large", (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString());
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.Socket.CloseStatus);
        client.Socket.Abort();
        await UntilNobodyAsync(server);
    }

    [Theory]
    [InlineData(true, "session_idle")]
    [InlineData(false, "session_expired")]
    public async Task A_session_that_is_idle_or_lasts_too_long_is_closed(bool idle, string code)
    {
        var (soon, late) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        await using var server = await StartAsync(
            new LiveOptions { IdleTimeout = idle ? soon : late, MaxDuration = idle ? late : soon });
        using var client = await LiveClient.ConnectAsync(server);
        Assert.Equal(code, (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString());
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
        await client.CloseAsync();
        await UntilNobodyAsync(server);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_cut_off()
    {
        await using var server = await StartAsync(new LiveOptions { SendLimit = TimeSpan.FromSeconds(1) });
        using var client = await LiveClient.ConnectAsync(server);
        var wrong = $"{{\"event_id\":\"{new string('x', 20_000)}\"}}"; // its error repeats the id
        try
        {
            while (server.Sessions.Count > 0)
                await client.SendTextAsync(wrong);
        }
        catch (WebSocketException)
        {
            // cut off
        }
        await UntilNobodyAsync(server);
    }

    [Fact]
    public async Task A_client_that_vanishes_leaves_nothing_behind()
    {
        await using var server = await StartAsync(new LiveOptions());
        var model = new FakeModel(2);
        server.Slot.Swap(model.Model);
        using (var client = await LiveClient.ConnectAsync(server))
        {
            await client.UpdateAsync(new { turn_detection = (object?)null });
            await client.AppendAsync(new short[48_000]);
            await client.UntilAsync("conversation.item.input_audio_transcription.delta");
            client.Socket.Abort();
        }
        await UntilNobodyAsync(server);
        server.Slot.Swap(new FakeModel(3).Model);
        while (!model.IsDisposed) // its lease was returned
            await Task.Delay(10, Ct);
    }

    [Fact]
    public async Task A_client_that_sends_faster_than_is_heard_loses_nothing()
    {
        using var heard = new SemaphoreSlim(0);
        await using var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(1, whileRunning: () => heard.Wait(Ct)).Model);
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 }, turn_detection = (object?)null });
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 90; i++)
                await client.AppendAsync(new short[16_000]);
            await client.SendAsync(new { type = "input_audio_buffer.commit" });
        }, Ct);
        await client.UntilAsync("session.updated");
        heard.Release(1000);
        Assert.Equal(90, (await client.UntilAsync(Completed)).GetProperty("usage").GetProperty("seconds").GetDouble(), 3);
        await sending;
    }

    [Fact]
    public async Task At_shutdown_what_was_said_is_still_transcribed_and_the_close_says_why()
    {
        await using var server = await StartAsync(new LiveOptions());
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { turn_detection = (object?)null });
        await client.AppendAsync(new short[48_000]);
        await client.UntilAsync("conversation.item.input_audio_transcription.delta");
        var stopping = server.StopAsync();
        await client.UntilAsync(Completed);
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Socket.CloseStatus);
        await client.CloseAsync();
        await stopping;
    }

    [Fact]
    public async Task After_a_swap_the_session_goes_on_and_its_next_utterance_is_by_the_new_version()
    {
        await using var server = await TestServer.StartAsync();
        var old = new FakeModel(1);
        server.Slot.Swap(old.Model);
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { turn_detection = (object?)null });
        await client.AppendAsync(new short[48_000]);
        await client.UntilAsync("conversation.item.input_audio_transcription.delta");
        server.Slot.Swap(new FakeModel(2).Model);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        Assert.Equal("1", (await client.UntilAsync(Completed)).GetProperty("model_version").GetString());
        await client.AppendAsync(new short[48_000]);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        var next = await client.UntilAsync(Completed);
        Assert.Equal(("version 2", "2"), (next.GetProperty("transcript").GetString(), next.GetProperty("model_version").GetString()));
        Assert.True(old.IsDisposed);
    }

    [Fact]
    public async Task An_utterance_that_fails_is_said_to_have_failed_and_the_next_one_is_heard()
    {
        var broken = true;
        await using var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(1, whileRunning: () =>
        {
            if (broken)
                throw new InvalidOperationException("broken");
        }).Model);
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { turn_detection = (object?)null });
        for (var i = 0; i < 2; i++)
        {
            await client.AppendAsync(new short[48_000]);
            await client.SendAsync(new { type = "input_audio_buffer.commit" });
            await client.UntilAsync(i == 0 ? "conversation.item.input_audio_transcription.failed" : Completed);
            broken = false;
        }
    }

    static async Task<TestServer> StartAsync(LiveOptions options)
    {
        var server = await TestServer.StartAsync(live: options);
        server.Slot.Swap(new FakeModel(1).Model);
        return server;
    }

    static async Task UntilNobodyAsync(TestServer server)
    {
        while (server.Sessions.Count > 0)
            await Task.Delay(10, Ct);
    }
}
