using System.Net;
using System.Text;
using System.Text.Json;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>What clients of the contract really send.</summary>
public sealed class ClientHabitsTests
{
    static readonly byte[] Second = TestAudio.Wav(new short[16_000]);

    [Fact]
    public async Task A_stream_sends_the_text_of_each_piece_then_all_of_it()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(TestAudio.Wav(TestAudio.Bursts(20)), "ssl", ("stream", "true"));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = await EventsAsync(response);
        var deltas = events.Where(e => TypeOf(e) == "transcript.text.delta").ToArray();
        Assert.True(deltas.Length > 1);
        Assert.Equal("transcript.text.done", TypeOf(events[^1]));
        Assert.Equal(deltas.Length + 1, events.Length);
        Assert.Equal(events[^1].GetProperty("text").GetString(), string.Concat(deltas.Select(d => d.GetProperty("delta").GetString())));
        Assert.Equal(40, events[^1].GetProperty("usage").GetProperty("seconds").GetInt32());
    }

    [Fact]
    public async Task The_first_delta_comes_before_the_last_piece_is_done()
    {
        using var last = new ManualResetEventSlim();
        var run = 0;
        await using var server = await TestServer.StartAsync(new ServingOptions { BatchAudioSeconds = 1 });
        server.Slot.Swap(new FakeModel(1, () =>
        {
            if (Interlocked.Increment(ref run) > 1)
                last.Wait();
        }).Model);
        var form = TestServer.Form(TestAudio.Wav(TestAudio.Bursts(20)));
        form.Add(new StringContent("ssl"), "model");
        form.Add(new StringContent("True"), "stream");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = form };
        using var response =
            await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Contains("version 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        last.Set();
        Assert.Contains("transcript.text.done", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stream_names_segments_where_they_are_asked_for()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(Second, "ssl", ("stream", "1"), ("timestamp_granularities[]", "segment"));
        var segment = Assert.Single(await EventsAsync(response), e => TypeOf(e) == "transcript.text.segment");
        Assert.Equal("version 17", segment.GetProperty("text").GetString());
        Assert.Equal(1, segment.GetProperty("end").GetDouble());
    }

    [Fact]
    public async Task A_stream_that_fails_ends_with_the_error()
    {
        await using var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(1, () => throw new InvalidOperationException("broken")).Model);
        using var response = await server.TranscribeAsync(Second, "ssl", ("stream", "true"));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("internal_error", body);
    }

    [Fact]
    public async Task Log_probabilities_come_with_json_and_with_events_where_they_are_asked_for()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(Second, "ssl", ("include[]", "logprobs"));
        var logprobs = (await TestServer.JsonAsync(response)).GetProperty("logprobs");
        Assert.Equal("""{"token":" 17","logprob":-1,"bytes":[32,49,55]}""", logprobs[1].GetRawText());
        using var stream = await server.TranscribeAsync(Second, "ssl", ("include[]", "logprobs"), ("stream", "true"));
        Assert.All(await EventsAsync(stream), e => Assert.Equal(2, e.GetProperty("logprobs").GetArrayLength()));
        using var refused = await server.TranscribeAsync(Second, "ssl", ("include[]", "logprobs"), ("response_format", "text"));
        Assert.Equal("include", (await TestServer.ErrorAsync(refused)).Param);
    }

    [Fact]
    public async Task Keywords_and_the_longer_words_of_a_prompt_reach_the_decoder()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(
            Second, "ssl", ("keywords[]", "Zoe, Ada"), ("prompt", "a call to Weissenburg"), ("response_format", "text"));
        Assert.Equal("Zoe Ada call Weissenburg\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("whisper-1")]
    [InlineData("gpt-4o-mini-transcribe")]
    public async Task Names_of_other_models_mean_the_champion(string name)
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(Second, name);
        Assert.Equal("17", Assert.Single(response.Headers.GetValues("x-model-version")));
    }

    [Fact]
    public async Task The_list_of_other_names_is_the_operators()
    {
        await using var server = await ServingAsync(new ServingOptions { OtherNames = "our-model" });
        using var response = await server.TranscribeAsync(Second, "whisper-1");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var ours = await server.TranscribeAsync(Second, "our-model");
        Assert.Equal(HttpStatusCode.OK, ours.StatusCode);
    }

    [Fact]
    public async Task A_segment_has_the_ten_fields_of_the_contract_and_a_language_is_always_named()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var response = await server.TranscribeAsync(Second, "ssl", ("response_format", "verbose_json"), ("temperature", "0.2"));
        var json = await TestServer.JsonAsync(response);
        Assert.Equal("und", json.GetProperty("language").GetString());
        Assert.Equal("""{"type":"duration","seconds":1}""", json.GetProperty("usage").GetRawText());
        var names = json.GetProperty("segments")[0].EnumerateObject().Select(p => p.Name);
        Assert.Equal(["id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob"],
            names);
        Assert.Equal(0.2, json.GetProperty("segments")[0].GetProperty("temperature").GetDouble());
    }

    [Theory]
    [InlineData("name=file; filename=a.wav", "name=model")] // unquoted
    [InlineData("name=\"file\"", "name=\"model\"")] // no file name
    [InlineData("name=\"file\"; filename*=UTF-8''na%C3%AFve.wav", "name=\"model\"")]
    public async Task Multipart_as_small_clients_write_it_is_read(string file, string model)
    {
        await using var server = await ServingAsync(new ServingOptions());
        foreach (var fileLast in new[] { true, false })
        {
            (string Disposition, string Type, byte[] Body)[] parts =
                [(model, "application/json", "ssl"u8.ToArray()), (file, "text/plain", Second)];
            using var response = await server.PostAsync(Multipart(fileLast ? parts : [.. parts.Reverse()]));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Speakers_and_translations_are_refused_in_the_contracts_words()
    {
        await using var server = await ServingAsync(new ServingOptions());
        using var speakers = await server.TranscribeAsync(Second, "ssl", ("response_format", "diarized_json"));
        Assert.Equal(("response_format", "unsupported_value"), await CodeAsync(speakers));
        using var translation =
            await server.Client.PostAsync("v1/audio/translations", TestServer.Form(Second), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, translation.StatusCode);
        Assert.Equal((null, "unsupported_operation"), await CodeAsync(translation));

        static async Task<(string?, string?)> CodeAsync(HttpResponseMessage response)
        {
            var (_, _, param, code) = await TestServer.ErrorAsync(response);
            return (param, code);
        }
    }

    [Fact]
    public async Task What_cannot_be_done_in_time_is_said_at_once()
    {
        var options = new ServingOptions { RequestTimeout = TimeSpan.FromSeconds(1) };
        await using var server = await TestServer.StartAsync(options, work: false);
        server.Slot.Swap(new FakeModel(1).Model);
        server.Throughput.Measured(0.3, TimeSpan.FromSeconds(1));
        using var alone = await server.TranscribeAsync(TestAudio.Wav(TestAudio.Bursts(1)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, alone.StatusCode);
        Assert.Contains("would take about 7 s; at most 3 s", (await TestServer.ErrorAsync(alone)).Message);

        for (var i = 0; i < 100; i++)
            server.Throughput.Measured(0.8, TimeSpan.FromSeconds(1));
        var waiting = server.TranscribeAsync(TestAudio.Wav(TestAudio.Bursts(1)));
        while (server.Queue.WaitingSeconds == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        using var second = await server.TranscribeAsync(TestAudio.Wav(TestAudio.Bursts(1)));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Contains("other recordings wait", (await TestServer.ErrorAsync(second)).Message);
        (await waiting).Dispose();
    }

    [Theory]
    [InlineData("https://pages.example", true)]
    [InlineData("https://elsewhere.example", false)]
    public async Task Pages_of_listed_origins_may_call(string origin, bool allowed)
    {
        await using var server = await ServingAsync(new ServingOptions { AllowedOrigins = "https://pages.example, https://other.example" });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "v1/audio/transcriptions");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var answer = await server.Client.SendAsync(preflight, TestContext.Current.CancellationToken);
        Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) && values.Single() == origin);
    }

    static string TypeOf(JsonElement e) => e.GetProperty("type").GetString()!;

    static async Task<JsonElement[]> EventsAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(e => JsonDocument.Parse(e["data: ".Length..]).RootElement)];
    }

    static ByteArrayContent Multipart((string Disposition, string Type, byte[] Body)[] parts)
    {
        using var body = new MemoryStream();
        foreach (var (disposition, type, content) in parts)
        {
            body.Write(Encoding.ASCII.GetBytes($"--b\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {type}\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }
        body.Write("--b--\r\n"u8);
        var form = new ByteArrayContent(body.ToArray());
        form.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return form;
    }

    static async Task<TestServer> ServingAsync(ServingOptions options)
    {
        var server = await TestServer.StartAsync(options);
        server.Slot.Swap(new FakeModel(17).Model);
        return server;
    }
}
