using System.Net;
using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Http;

public sealed class TranscriptionEndpointTests
{
    static readonly byte[] Second = TestAudio.Wav(new short[16_000]);

    [Fact]
    public async Task Before_the_first_recognizer_the_answer_is_503_with_a_time_to_come_back()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.TranscribeAsync(Second);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(15), response.Headers.RetryAfter!.Delta);
        Assert.Equal("model_not_ready", (await TestServer.ErrorAsync(response)).Code);
    }

    [Fact]
    public async Task Json_is_the_text_and_headers_name_the_versions()
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(
            Second, "ssl", ("language", "en"), ("prompt", "abc"), ("temperature", "0"), ("unheard_of", "1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"text":"version 17","usage":{"type":"duration","seconds":1}}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("17", Assert.Single(response.Headers.GetValues("x-model-version")));
        Assert.Equal("1017", Assert.Single(response.Headers.GetValues("x-encoder-version")));
    }

    [Fact]
    public async Task Verbose_json_has_everything_that_was_asked_for()
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Second, "ssl", ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment"), ("language", "en"));
        var json = await TestServer.JsonAsync(response);
        Assert.Equal("transcribe", json.GetProperty("task").GetString());
        Assert.Equal("en", json.GetProperty("language").GetString());
        Assert.Equal(1, json.GetProperty("duration").GetDouble(), 3);
        Assert.Equal("version 17", json.GetProperty("text").GetString());
        Assert.Equal("17", json.GetProperty("model_version").GetString());
        Assert.Equal("1017", json.GetProperty("encoder_version").GetString());
        Assert.Equal(
            """[{"word":"version","start":0,"end":0.1},{"word":"17","start":0.1,"end":1}]""", json.GetProperty("words").GetRawText());
        Assert.Equal("version 17", json.GetProperty("segments")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("text", "text/plain", "version 17\n")]
    [InlineData("srt", "application/x-subrip", "1\n00:00:00,000 --> 00:00:01,000\nversion 17\n\n")]
    [InlineData("vtt", "text/vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nversion 17\n\n")]
    public async Task Text_formats(string format, string contentType, string body)
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Second, "ssl", ("response_format", format));
        Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_recording_that_is_cut_off_is_answered_with_a_warning_or_refused()
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Second[..24_044]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("truncated; 25.0% of the audio is missing", Assert.Single(response.Headers.GetValues("x-audio-warning")));
        using var whole = await server.TranscribeAsync(Second);
        Assert.False(whole.Headers.Contains("x-audio-warning"));
        await using var strict = await ServingAsync(17, new UploadOptions { Truncated = TruncatedAudio.Refuse });
        using var refused = await strict.TranscribeAsync(Second[..24_044]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("25.0% of the audio is missing", (await TestServer.ErrorAsync(refused)).Message);
    }

    [Fact]
    public async Task What_a_browser_records_is_answered()
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(FfmpegProgram.Encode(TestAudio.Bursts(1), "-c:a libopus OUT.webm"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_long_recording_is_cut_and_word_times_count_from_its_start()
    {
        await using var server = await ServingAsync(3);
        using var response = await server.TranscribeAsync(TestAudio.Wav(TestAudio.Bursts(20)), "ssl",
            ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"));
        var json = await TestServer.JsonAsync(response);
        var words = json.GetProperty("words").EnumerateArray().ToArray();
        Assert.Equal(40, json.GetProperty("duration").GetDouble(), 1);
        Assert.True(words.Length > 2);
        Assert.Equal(words.OrderBy(w => w.GetProperty("start").GetDouble()), words);
        Assert.InRange(words[^1].GetProperty("end").GetDouble(), 38, 40.001);
    }

    [Fact]
    public async Task A_long_recording_without_speech_has_no_text()
    {
        await using var server = await ServingAsync(3);
        using var response = await server.TranscribeAsync(TestAudio.Wav(new short[25 * 16_000]));
        Assert.Equal("""{"text":"","usage":{"type":"duration","seconds":25}}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_full_queue_answers_429_with_a_time_to_come_back()
    {
        var options = new ServingOptions { QueueCapacity = 1, RequestTimeout = TimeSpan.FromSeconds(1) };
        await using var server = await TestServer.StartAsync(options, work: false);
        server.Slot.Swap(new FakeModel(1).Model);
        var waiting = server.TranscribeAsync(Second);
        while (!server.Queue.IsFull)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        using var turnedAway = await server.TranscribeAsync(Second);
        Assert.Equal(HttpStatusCode.TooManyRequests, turnedAway.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), turnedAway.Headers.RetryAfter!.Delta);
        var error = await TestServer.ErrorAsync(turnedAway);
        Assert.Equal(("rate_limit_error", "queue_full"), (error.Type, error.Code));
        using var late = await waiting; // nobody works: its time runs out
        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        Assert.Equal("timeout", (await TestServer.ErrorAsync(late)).Code);
    }

    [Fact]
    public async Task A_model_that_throws_is_an_error_of_the_service_and_the_next_request_is_served()
    {
        await using var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(1, () => throw new InvalidOperationException("broken")).Model);
        using var broken = await server.TranscribeAsync(Second);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.Equal("internal_error", (await TestServer.ErrorAsync(broken)).Code);
        server.Slot.Swap(new FakeModel(2).Model);
        using var served = await server.TranscribeAsync(Second);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Theory]
    [InlineData("whisper-9")]
    [InlineData("ssl@99")]
    [InlineData("ssl@candidate")]
    [InlineData("ssl@017")]
    [InlineData("ssl@-1")]
    [InlineData("ssl@../../etc")]
    public async Task An_unknown_model_is_404(string model)
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Second, model);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            ($"the model '{model}' does not exist", "invalid_request_error", "model", "model_not_found"),
            await TestServer.ErrorAsync(response));
    }

    [Theory]
    [InlineData("response_format", "xml", "response_format", "'xml' is not a response format: json, text, srt, verbose_json, vtt")]
    [InlineData("temperature", "hot", "temperature", "the temperature 'hot' is not a number from 0 to 1")]
    [InlineData("temperature", "1.5", "temperature", "the temperature '1.5' is not a number from 0 to 1")]
    [InlineData("timestamp_granularities[]", "letter", "timestamp_granularities", "'letter' is not a timestamp granularity: word, segment")]
    [InlineData(
        "timestamp_granularities[]", "word", "timestamp_granularities", "timestamp granularities need response_format verbose_json")]
    public async Task A_field_that_cannot_be_used_is_named(string field, string value, string param, string message)
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Second, "ssl", (field, value));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((message, "invalid_request_error", param, null), await TestServer.ErrorAsync(response));
    }

    [Theory]
    [InlineData("this is a text, not a recording", "first bytes are those of no format")]
    [InlineData("RIFF----WAVEfmt ", "Wav")]
    [InlineData("fLaC and then nothing that a decoder could use", "Flac")]
    public async Task An_upload_that_is_not_audio_says_why(string content, string why)
    {
        await using var server = await ServingAsync(17);
        using var response = await server.TranscribeAsync(Encoding.ASCII.GetBytes(content));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var (message, _, param, code) = await TestServer.ErrorAsync(response);
        Assert.Equal(("file", "invalid_audio"), (param, code));
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        await using var server = await ServingAsync(17);
        using var noModel = await server.PostAsync(TestServer.Form(Second));
        Assert.Equal("model", (await TestServer.ErrorAsync(noModel)).Param);
        using var noFile = await server.PostAsync(new MultipartFormDataContent { { new StringContent("ssl"), "model" } });
        Assert.Equal("file", (await TestServer.ErrorAsync(noFile)).Param);
        using var emptyFile = await server.TranscribeAsync([]);
        Assert.Equal("the file is empty", (await TestServer.ErrorAsync(emptyFile)).Message);
        using var noForm = await server.PostAsync(new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Contains("multipart/form-data", (await TestServer.ErrorAsync(noForm)).Message, StringComparison.Ordinal);
        using var noEnd = await server.PostAsync(Broken());
        Assert.Equal(HttpStatusCode.BadRequest, noEnd.StatusCode);
        Assert.Contains("the form cannot be read", (await TestServer.ErrorAsync(noEnd)).Message, StringComparison.Ordinal);
        using var tooShort = await server.TranscribeAsync(TestAudio.Wav(new short[100]));
        Assert.Equal("audio_too_short", (await TestServer.ErrorAsync(tooShort)).Code);
    }

    [Fact]
    public async Task Limits_of_size_and_length_are_kept()
    {
        var upload = new UploadOptions { MaxBytes = 100_000, MaxDuration = TimeSpan.FromSeconds(2) };
        await using var server = await TestServer.StartAsync(upload: upload);
        server.Slot.Swap(new FakeModel(1).Model);
        using var large = await server.TranscribeAsync(TestAudio.Wav(new short[60_000]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("file_too_large", (await TestServer.ErrorAsync(large)).Code);
        using var huge = await server.TranscribeAsync(new byte[1_000_000]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.StatusCode);
        using var lengthy = await server.TranscribeAsync(TestAudio.Wav(new short[40_000]));
        Assert.Equal(HttpStatusCode.BadRequest, lengthy.StatusCode);
        Assert.Contains("at most 2 s", (await TestServer.ErrorAsync(lengthy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_an_error_of_the_contract()
    {
        await using var server = await ServingAsync(17);
        using var response = await server.Client.GetAsync("v1/audio/speech", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("unknown_url", (await TestServer.ErrorAsync(response)).Code);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing_behind()
    {
        using var arrived = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync();
        var model = new FakeModel(1, () =>
        {
            arrived.Release();
            go.Wait();
        });
        server.Slot.Swap(model.Model);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var form = TestServer.Form(Second);
        form.Add(new StringContent("ssl"), "model");
        var request = server.Client.PostAsync("v1/audio/transcriptions", form, leaving.Token);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        server.Slot.Swap(new FakeModel(2).Model);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(model.IsDisposed); // a worker is inside it, though the request that leased it is gone
        go.Set();
        for (var i = 0; i < 100 && !model.IsDisposed; i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.True(model.IsDisposed);
    }

    static MultipartFormDataContent Boundary() => new("lost");

    static ByteArrayContent Broken()
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes("--lost\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nss"));
        using var form = Boundary();
        content.Headers.ContentType = form.Headers.ContentType;
        return content;
    }

    static async Task<TestServer> ServingAsync(int number, UploadOptions? upload = null)
    {
        var server = await TestServer.StartAsync(upload: upload);
        server.Slot.Swap(new FakeModel(number).Model);
        return server;
    }
}
