using System.Text.Json;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Live;

/// <summary>The events of OpenAI's realtime transcription, as a client sees them.</summary>
public sealed class LiveContractTests
{
    const string Delta = "conversation.item.input_audio_transcription.delta";
    const string Completed = "conversation.item.input_audio_transcription.completed";

    [Fact]
    public async Task Turns_of_speech_become_items_with_deltas_that_add_up_to_the_text()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        var created = await client.UntilAsync("session.created");
        Assert.Equal("transcription", created.GetProperty("session").GetProperty("type").GetString());
        await client.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 } });
        await client.UntilAsync("session.updated");
        await client.AppendAsync(Speech(2));
        var (first, second) = (await client.UntilAsync(Completed), await client.UntilAsync(Completed));
        Assert.Equal("version 1", first.GetProperty("transcript").GetString());
        Assert.Equal("duration", first.GetProperty("usage").GetProperty("type").GetString());
        Assert.NotEqual(ItemOf(first), ItemOf(second));
        foreach (var item in new[] { ItemOf(first), ItemOf(second) })
        {
            var own = client.Events.Where(e => ItemOf(e) == item).ToArray();
            Assert.Equal("version 1", string.Concat(own.Where(e => TypeOf(e) == Delta).Select(e => e.GetProperty("delta").GetString())));
            string[] expected = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
                "conversation.item.added", "conversation.item.done", Completed];
            Assert.Equal(expected, own.Select(TypeOf).Where(t => t != Delta));
            var (start, end) = (own[0].GetProperty("audio_start_ms").GetInt64(),
                own.First(e => e.TryGetProperty("audio_end_ms", out _)).GetProperty("audio_end_ms").GetInt64());
            Assert.InRange(end - start, 1_200, 2_500);
        }
        var committed = client.Events.Last(e => TypeOf(e) == "input_audio_buffer.committed");
        Assert.Equal(ItemOf(first), committed.GetProperty("previous_item_id").GetString());
        Assert.Equal(client.Events.Count, client.Events.Select(e => e.GetProperty("event_id").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData("pcm16")]
    [InlineData("g711_ulaw")]
    [InlineData("g711_alaw")]
    public async Task The_older_form_is_answered_in_the_older_form(string format)
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        await client.SendAsync(new
        {
            type = "transcription_session.update",
            session = new
            {
                input_audio_format = format,
                input_audio_transcription = new { model = "gpt-4o-transcribe", language = "en", prompt = "Czerny is he" },
                turn_detection = (object?)null,
                include = new[] { "item.input_audio_transcription.logprobs" },
            },
        });
        var session = (await client.UntilAsync("transcription_session.updated")).GetProperty("session");
        Assert.Equal(format, session.GetProperty("input_audio_format").GetString());
        Assert.Equal("gpt-4o-transcribe", session.GetProperty("input_audio_transcription").GetProperty("model").GetString());
        Assert.Equal(JsonValueKind.Null, session.GetProperty("turn_detection").ValueKind);
        await client.AppendAsync(new byte[format == "pcm16" ? 48_000 : 8_000]);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        var completed = await client.UntilAsync(Completed);
        Assert.Equal("version 1 Czerny", completed.GetProperty("transcript").GetString());
        Assert.Equal(1.0, completed.GetProperty("usage").GetProperty("seconds").GetDouble(), 2);
        Assert.Equal("version", completed.GetProperty("logprobs")[0].GetProperty("token").GetString());
        Assert.Equal(["transcription_session.created", "transcription_session.updated", "input_audio_buffer.committed",
            "conversation.item.created", Completed], client.Types.Where(t => t is not ("session.created" or Delta)));
    }

    [Fact]
    public async Task A_client_of_the_older_form_that_waits_for_its_first_event_gets_it_and_the_header_decides_nothing()
    {
        await using var server = await StartAsync();
        using var waiting = await LiveClient.ConnectAsync(server);
        await waiting.UntilAsync("transcription_session.created");
        using var present = await LiveClient.ConnectAsync(server, set: o => o.SetRequestHeader("OpenAI-Beta", "realtime=v1"));
        await present.UpdateAsync(new { turn_detection = (object?)null });
        await present.UntilAsync("session.updated");
    }

    [Theory]
    [InlineData("audio/pcm", 24_000)]
    [InlineData("audio/pcm", 16_000)]
    [InlineData("audio/pcmu", null)]
    [InlineData("audio/pcma", null)]
    public async Task Every_format_is_heard_at_its_length(string type, int? rate)
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server, "model=whisper-1");
        await client.UpdateAsync(
            new { format = new { type, rate }, turn_detection = (object?)null, noise_reduction = new { type = "near_field" } });
        var input = (await client.UntilAsync("session.updated")).GetProperty("session").GetProperty("audio").GetProperty("input");
        Assert.Equal(type, input.GetProperty("format").GetProperty("type").GetString());
        Assert.Equal("whisper-1", input.GetProperty("transcription").GetProperty("model").GetString());
        var bytes = type == "audio/pcm" ? rate!.Value * 2 : 8_000;
        await client.AppendAsync(new byte[bytes - 1]); // a sample may be split between two events
        await client.AppendAsync(new byte[1]);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        Assert.Equal(1.0, (await client.UntilAsync(Completed)).GetProperty("usage").GetProperty("seconds").GetDouble(), 3);
    }

    [Fact]
    public async Task What_is_cleared_is_not_transcribed_and_too_little_is_not_committed()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 }, turn_detection = (object?)null });
        await client.AppendAsync(new short[32_000]);
        await client.SendAsync(new { type = "input_audio_buffer.clear" });
        await client.UntilAsync("input_audio_buffer.cleared");
        await client.AppendAsync(new short[800]);
        await client.SendAsync(new { type = "input_audio_buffer.commit", event_id = "mine" });
        var error = (await client.UntilAsync("error")).GetProperty("error");
        Assert.Equal("input_audio_buffer_commit_empty", error.GetProperty("code").GetString());
        Assert.Equal("mine", error.GetProperty("event_id").GetString());
        await client.AppendAsync(new short[15_200]);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        Assert.Equal(1.0, (await client.UntilAsync(Completed)).GetProperty("usage").GetProperty("seconds").GetDouble(), 3);
        Assert.Single(client.Types, t => t == Completed);
    }

    [Fact]
    public async Task A_commit_before_a_turn_was_found_says_where_the_utterance_begins()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { format = new { type = "audio/pcm", rate = 16_000 } });
        await client.AppendAsync(new short[48_000]); // silence: less of it is kept than was sent
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        var seconds = (await client.UntilAsync(Completed)).GetProperty("usage").GetProperty("seconds").GetDouble();
        var started = Assert.Single(client.Events, e => TypeOf(e) == "input_audio_buffer.speech_started");
        Assert.InRange(seconds, 0.1, 1);
        Assert.Equal(3 - seconds, started.GetProperty("audio_start_ms").GetInt64() / 1000.0, 3);
    }

    [Fact]
    public async Task Text_that_may_change_is_sent_to_those_who_ask()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { turn_detection = (object?)null }, "item.input_audio_transcription.partial");
        await client.AppendAsync(new short[24_000]);
        Assert.Equal("1", (await client.UntilAsync("conversation.item.input_audio_transcription.partial")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Words_with_times_and_confidence_are_sent_to_those_who_ask()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        await client.UpdateAsync(new { turn_detection = (object?)null }, "item.input_audio_transcription.words");
        await client.AppendAsync(new short[24_000]);
        await client.SendAsync(new { type = "input_audio_buffer.commit" });
        var completed = (await client.UntilAsync(Completed)).GetProperty("words").EnumerateArray().ToArray();
        var deltas = client.Events.Where(e => TypeOf(e) == Delta).SelectMany(e => e.GetProperty("words").EnumerateArray());
        Assert.Equal(["version", "1"], completed.Select(w => w.GetProperty("word").GetString()));
        Assert.Equal(completed.Select(w => w.GetRawText()), deltas.Select(w => w.GetRawText()));
        Assert.Equal((0, 0.1), (completed[0].GetProperty("start").GetDouble(), completed[0].GetProperty("end").GetDouble()));
        Assert.True(completed[0].TryGetProperty("confidence", out _));
    }

    [Fact]
    public async Task A_page_may_send_its_key_as_a_subprotocol()
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server, set: o =>
        {
            o.AddSubProtocol("realtime");
            o.AddSubProtocol("openai-insecure-api-key.sk-any");
        });
        Assert.Equal("realtime", client.Socket.SubProtocol);
    }

    [Theory]
    [InlineData("""{"type":"session.update","session":{"type":"realtime"}}""", "session.type")]
    [InlineData("""INPUT"format":{"type":"audio/mp3"}}}}}""", "session.audio.input.format.type")]
    [InlineData("""INPUT"format":{"type":"audio/pcm","rate":7}}}}}""", "session.audio.input.format.type")]
    [InlineData("""INPUT"turn_detection":{"threshold":2}}}}}""", "session.audio.input.turn_detection.threshold")]
    [InlineData("""INPUT"transcription":{"model":"gpt-9"}}}}}""", "session.audio.input.transcription.model")]
    [InlineData("""{"type":"transcription_session.update","session":{"input_audio_format":"opus"}}""", "session.input_audio_format")]
    [InlineData("""{"type":"transcription_session.update","session":{"turn_detection":"none"}}""", "session.turn_detection")]
    [InlineData("""{"type":"session.update","session":{"include":["everything"]}}""", "session.include")]
    [InlineData("""{"type":"session.update"}""", "session")]
    [InlineData("""{"type":"response.create"}""", "type")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"%%%"}""", "audio")]
    [InlineData("""{"type":"input_audio_buffer.append"}""", "audio")]
    [InlineData("""{"type":7}""", "type")]
    [InlineData("""{"type":"input_audio_""", null)]
    [InlineData("[]", null)]
    [InlineData("\0\0", null)]
    public async Task A_wrong_event_is_answered_with_its_parameter_and_the_session_goes_on(string message, string? param)
    {
        await using var server = await StartAsync();
        using var client = await LiveClient.ConnectAsync(server);
        const string input = """{"type":"session.update","session":{"audio":{"input":{""";
        await client.SendTextAsync(message.Replace("INPUT", input, StringComparison.Ordinal));
        var error = (await client.UntilAsync("error")).GetProperty("error");
        Assert.Equal(("invalid_request_error", param), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString()));
        await client.UpdateAsync(new { turn_detection = new { type = "semantic_vad", eagerness = "low" } });
        await client.UntilAsync("session.updated");
    }

    static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(1).Model);
        return server;
    }

    /// <summary>Turns of 1.2 s between pauses.</summary>
    static short[] Speech(int turns) => [.. TestAudio.Bursts(turns), .. new short[16_000]];

    static string TypeOf(JsonElement json) => LiveClient.TypeOf(json);

    static string? ItemOf(JsonElement json) => json.TryGetProperty("item_id", out var id) ? id.GetString()
        : json.TryGetProperty("item", out var item) ? item.GetProperty("id").GetString() : null;
}
