using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests.Serving.Live;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Callers over their limits and those beside them, over real sockets (S7).</summary>
public sealed class RateLimitTests : IDisposable
{
    const string Models = "v1/models";
    static readonly string Greedy = ApiKey.NewText();
    static readonly string Neighbour = ApiKey.NewText();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_client_at_fifty_times_its_quota_gets_429_and_its_neighbour_notices_nothing()
    {
        const int quota = 10;
        await using var server = await StartAsync(new LimitOptions { RequestsPerMinute = quota });
        var wav = TestAudio.Wav(new short[16_000]);
        var neighbour = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var answer = await TranscribeAsync(server, Neighbour, wav);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.False(answer.Headers.Contains("x-ratelimit-limit-requests"));
            }
        }, Ct);
        var (accepted, refused, began) = (0, 0, Stopwatch.GetTimestamp());
        await Parallel.ForAsync(0, 50 * quota, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (_, _) =>
        {
            using var answer = await TranscribeAsync(server, Greedy, wav);
            Assert.Equal($"{quota}", Header(answer, "x-ratelimit-limit-requests"));
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref accepted);
                return;
            }
            Interlocked.Increment(ref refused);
            var (message, type, _, code) = await TestServer.ErrorAsync(answer);
            Assert.Equal((HttpStatusCode.TooManyRequests, "requests", "rate_limit_exceeded"), (answer.StatusCode, type, code));
            Assert.StartsWith($"Rate limit reached for key greedy on requests per minute: Limit {quota}. Please try again in ", message);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            Assert.Equal("0", Header(answer, "x-ratelimit-remaining-requests"));
            Assert.NotEmpty(Header(answer, "x-ratelimit-reset-requests"));
        });
        var minutes = Stopwatch.GetElapsedTime(began).TotalMinutes;
        await neighbour;
        Assert.InRange(accepted, quota, quota * (1 + minutes) + 1); // the bucket fills again while the test runs
        Assert.Equal(50 * quota, accepted + refused);
    }

    [Fact]
    public async Task A_recording_over_the_quota_of_audio_is_answered_and_the_next_waits()
    {
        await using var server = await StartAsync(new LimitOptions { AudioSecondsPerMinute = 10 });
        using (var first = await TranscribeAsync(server, Greedy, TestAudio.Wav(TestAudio.Bursts(40))))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal("10", Header(first, "x-ratelimit-limit-audio-seconds"));
            Assert.Equal("0", Header(first, "x-ratelimit-remaining-audio-seconds"));
        }
        using var next = await TranscribeAsync(server, Greedy, TestAudio.Wav(new short[16_000]));
        var (message, type, _, _) = await TestServer.ErrorAsync(next);
        Assert.Equal((HttpStatusCode.TooManyRequests, "audio_seconds"), (next.StatusCode, type));
        Assert.Contains("on seconds of audio per minute: Limit 10.", message);
        Assert.True(next.Headers.RetryAfter!.Delta > TimeSpan.FromSeconds(60)); // more than a minute's quota is to be paid off
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, Greedy)).StatusCode); // no audio
        using var neighbour = await TranscribeAsync(server, Neighbour, TestAudio.Wav(new short[16_000]));
        Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
    }

    [Fact]
    public async Task More_requests_at_a_time_than_are_allowed_are_refused_until_one_is_answered()
    {
        using SemaphoreSlim begun = new(0), heard = new(0);
        await using var server = await StartAsync(new LimitOptions { ConcurrentRequests = 2 }, () => { begun.Release(); heard.Wait(Ct); });
        var wav = TestAudio.Wav(new short[16_000]);
        var first = TranscribeAsync(server, Greedy, wav);
        await begun.WaitAsync(Ct);
        var second = TranscribeAsync(server, Greedy, wav);
        while ((await GetAsync(server, Greedy)).StatusCode != HttpStatusCode.TooManyRequests)
            second = second.IsCompleted ? TranscribeAsync(server, Greedy, wav) : second; // the question before had its place
        using var third = await TranscribeAsync(server, Greedy, wav);
        Assert.Equal("concurrent_requests", (await TestServer.ErrorAsync(third)).Type);
        Assert.NotNull(third.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, Neighbour)).StatusCode);
        heard.Release(2);
        Assert.All(await Task.WhenAll(first, second), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, Greedy)).StatusCode);
    }

    [Fact]
    public async Task Without_a_known_key_an_address_is_limited_and_another_is_not()
    {
        await using var server = await TestServer.StartAsync(
            new ServingOptions { AnonymousLimits = new LimitOptions { RequestsPerMinute = 3 } });
        using var other = From("127.0.0.2", server);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, $"sk-{i}")).StatusCode); // tokens that nobody knows
        using var over = await GetAsync(server, "sk-new");
        Assert.Equal(HttpStatusCode.TooManyRequests, over.StatusCode);
        Assert.Contains("Rate limit reached for address 127.0.0.1 on", (await TestServer.ErrorAsync(over)).Message);
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, Models) { Headers = { { "X-Forwarded-For", "10.1.1.1" } } };
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Client.SendAsync(forwarded, Ct)).StatusCode); // no proxy is trusted
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(Models, Ct)).StatusCode);
    }

    [Fact]
    public async Task Who_is_behind_a_trusted_proxy_is_told_apart()
    {
        await using var server = await TestServer.StartAsync(
            new ServingOptions { AnonymousLimits = new LimitOptions { RequestsPerMinute = 1 } },
            settings: "--Http:TrustedProxies=127.0.0.1, 10.0.0.0/8");
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.TooManyRequests],
        [
            await ForAsync("192.0.2.1"), await ForAsync("192.0.2.1, 10.0.0.9"), await ForAsync("192.0.2.2"),
            await ForAsync("192.0.2.7, 192.0.2.2"), // what the client wrote itself
        ]);

        async Task<HttpStatusCode> ForAsync(string client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Models) { Headers = { { "X-Forwarded-For", client } } };
            return (await server.Client.SendAsync(request, Ct)).StatusCode;
        }
    }

    [Fact]
    public async Task Live_sessions_count_by_their_number_and_by_their_audio()
    {
        await using var server = await StartAsync(new LimitOptions { LiveSessions = 1, AudioSecondsPerMinute = 5, ConcurrentRequests = 1 });
        using var first = await LiveClient.ConnectAsync(server, set: o => o.SetRequestHeader("Authorization", $"Bearer {Greedy}"));
        await first.UntilAsync("session.created");
        Assert.Equal(429, await LiveClient.RefusalAsync(server, set: o => o.SetRequestHeader("Authorization", $"Bearer {Greedy}")));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, Greedy)).StatusCode); // a session is no concurrent request
        using var neighbour = await LiveClient.ConnectAsync(server, set: o => o.SetRequestHeader("Authorization", $"Bearer {Neighbour}"));
        await first.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 }, turn_detection = (object?)null });
        for (var i = 0; i < 20; i++)
            await first.AppendAsync(new short[16_000]);
        var error = (await first.UntilAsync("error")).GetProperty("error");
        Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
        Assert.Contains("seconds of audio per minute", error.GetProperty("message").GetString());
        Assert.Null(await first.NextAsync());
        Assert.Equal(1008, (int)first.Socket.CloseStatus!);
        first.Socket.Abort();
        await neighbour.UpdateAsync(new { turn_detection = (object?)null });
        await neighbour.AppendAsync(new short[48_000]);
        await neighbour.SendAsync(new { type = "input_audio_buffer.commit" });
        await neighbour.UntilAsync("conversation.item.input_audio_transcription.completed");
        Assert.Equal(429, await LiveClient.RefusalAsync(server, set: o => o.SetRequestHeader("Authorization", $"Bearer {Greedy}")));
    }

    [Fact]
    public async Task A_live_session_over_its_audio_commits_what_was_accepted_and_ends_whatever_the_name_of_its_key()
    {
        const string completed = "conversation.item.input_audio_transcription.completed";
        await using var server = await StartAsync(new LimitOptions { AudioSecondsPerHour = 5 }, name: new string('g', 64));
        using var client = await LiveClient.ConnectAsync(server, set: o => o.SetRequestHeader("Authorization", $"Bearer {Greedy}"));
        await client.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 }, turn_detection = (object?)null });
        await client.AppendAsync(new short[16_000]);
        await client.AppendAsync(new short[30 * 16_000]); // the last that is accepted: nothing is left after it
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        var usage = (await client.UntilAsync(completed)).GetProperty("usage");
        Assert.Equal(31, usage.GetProperty("seconds").GetDouble(), 3);
        Assert.DoesNotContain("error", client.Types);
        await client.AppendAsync(new short[16_000]);
        var error = (await client.UntilAsync("error")).GetProperty("error");
        Assert.Contains(new string('g', 64), error.GetProperty("message").GetString());
        Assert.Null(await client.NextAsync());
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the limit of seconds of audio per hour is reached"),
            (client.Socket.CloseStatus, client.Socket.CloseStatusDescription));
        await client.CloseAsync();
        while (server.Sessions.Count > 0)
            await Task.Delay(10, Ct);
    }

    [Fact]
    public async Task Who_hangs_up_a_stream_has_used_the_audio_that_was_heard()
    {
        const int quota = 3000;
        using var rest = new SemaphoreSlim(60);
        await using var server = await StartAsync(new LimitOptions { AudioSecondsPerHour = quota }, whileRunning: () => rest.Wait(Ct));
        var part = TestSoundFile.Encode(TestAudio.Bursts(10), TestSoundFile.Flac);
        var form = TestServer.Form([.. Enumerable.Repeat(part, 60).SelectMany(p => p)]); // joined: the header tells of the first alone
        form.Add(new StringContent("ssl"), "model");
        form.Add(new StringContent("true"), "stream");
        using (var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = form })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Greedy);
            using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
            for (var deltas = 0; deltas < 50;)
                deltas += (await reader.ReadLineAsync(Ct))!.Contains("transcript.text.delta", StringComparison.Ordinal) ? 1 : 0;
        }
        rest.Release(100_000);
        while (true) // the server learns of it a little later
        {
            using var answer = await GetAsync(server, Greedy);
            if (int.Parse(Header(answer, "x-ratelimit-remaining-audio-seconds"), CultureInfo.InvariantCulture) < quota - 200)
                break;
            await Task.Delay(50, Ct);
        }
    }

    [Fact]
    public async Task The_header_Upgrade_makes_no_live_session_of_a_request()
    {
        using var begun = new SemaphoreSlim(0);
        using var heard = new SemaphoreSlim(0);
        await using var server = await StartAsync(new LimitOptions { ConcurrentRequests = 1 }, whileRunning: () =>
        {
            begun.Release();
            heard.Wait(Ct);
        });
        var running = TranscribeAsync(server, Greedy, TestAudio.Wav(new short[16_000]));
        await begun.WaitAsync(Ct);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {Greedy}");
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(server.Client.BaseAddress!) { Scheme = "ws", Path = Models }.Uri;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, Ct));
        Assert.Equal(HttpStatusCode.TooManyRequests, socket.HttpStatusCode);
        heard.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(",")]
    public async Task A_list_of_proxies_without_an_address_trusts_nobody(string proxies)
    {
        await using var server = await TestServer.StartAsync(
            new ServingOptions { AnonymousLimits = new LimitOptions { RequestsPerMinute = 1 } },
            settings: $"--Http:TrustedProxies={proxies}");
        var answers = new List<HttpStatusCode>();
        foreach (var client in new[] { "192.0.2.1", "192.0.2.2" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Models) { Headers = { { "X-Forwarded-For", client } } };
            using var answer = await server.Client.SendAsync(request, Ct);
            answers.Add(answer.StatusCode);
        }
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers);
    }

    static async Task<TestServer> StartAsync(LimitOptions greedy, Action? whileRunning = null, string name = "greedy")
    {
        var server = await TestServer.StartAsync(new ServingOptions
        {
            Keys = new Dictionary<string, ApiKeyOptions>
            {
                [name] = new() { Hash = Convert.ToHexString(ApiKey.Hash(Greedy)), Limits = greedy },
                ["neighbour"] = new() { Hash = Convert.ToHexString(ApiKey.Hash(Neighbour)) },
            },
        });
        server.Slot.Swap(new FakeModel(17, whileRunning).Model);
        return server;
    }

    static HttpClient From(string address, TestServer server) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = server.Client.BaseAddress };

    Task<HttpResponseMessage> GetAsync(TestServer server, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Models);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return server.Client.SendAsync(request, Ct);
    }

    Task<HttpResponseMessage> TranscribeAsync(TestServer server, string key, byte[] wav)
    {
        var form = TestServer.Form(wav);
        form.Add(new StringContent("ssl"), "model");
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return server.Client.SendAsync(request, Ct);
    }

    static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
