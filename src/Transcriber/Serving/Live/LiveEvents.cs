using System.Text;
using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>The events of a session, in the form that its client speaks. Thread-safe.</summary>
sealed class LiveEvents(Outbox outbox, long expiresAt, CancellationToken ct)
{
    const string Transcription = "conversation.item.input_audio_transcription.";

    readonly string session = Ids.New("sess");

    /// <summary>The older form: the client has sent <c>transcription_session.update</c>.</summary>
    public bool IsOlder { get; set; }

    public ValueTask CreatedAsync(SessionSettings settings) =>
        SendAsync("session.created", new() { ["session"] = SessionBody.Present(session, settings, expiresAt) });

    public ValueTask CreatedOlderAsync(SessionSettings settings) =>
        SendAsync("transcription_session.created", new() { ["session"] = SessionBody.Older(session, settings, expiresAt) });

    public ValueTask UpdatedAsync(SessionSettings settings) => IsOlder
        ? SendAsync("transcription_session.updated", new() { ["session"] = SessionBody.Older(session, settings, expiresAt) })
        : SendAsync("session.updated", new() { ["session"] = SessionBody.Present(session, settings, expiresAt) });

    public ValueTask SpeechStartedAsync(string item, long sample) => SendAsync("input_audio_buffer.speech_started",
        new() { ["audio_start_ms"] = Milliseconds(sample), ["item_id"] = item });

    public ValueTask SpeechStoppedAsync(string item, long sample) => SendAsync("input_audio_buffer.speech_stopped",
        new() { ["audio_end_ms"] = Milliseconds(sample), ["item_id"] = item });

    public async ValueTask CommittedAsync(string item, string? previous)
    {
        await SendAsync("input_audio_buffer.committed", new() { ["previous_item_id"] = previous, ["item_id"] = item });
        foreach (var type in IsOlder ? ["conversation.item.created"] : (string[])["conversation.item.added", "conversation.item.done"])
            await SendAsync(type, new() { ["previous_item_id"] = previous, ["item"] = Item(item) });
    }

    public ValueTask ClearedAsync() => SendAsync("input_audio_buffer.cleared", []);

    public ValueTask DeltaAsync(SpokenItem item, string text, IReadOnlyList<TranscribedWord> words) =>
        SendAsync(Transcription + "delta", WithWords(item, words, Of(item.Id, "delta", text)));

    /// <summary>Beyond the contract: what follows the deltas so far, and may still change.</summary>
    public ValueTask PartialAsync(SpokenItem item, string text) => SendAsync(Transcription + "partial", Of(item.Id, "text", text));

    public ValueTask CompletedAsync(SpokenItem item, string text, IReadOnlyList<TranscribedWord> words, ServingModel model)
    {
        var fields = WithWords(item, words, Of(item.Id, "transcript", text));
        var seconds = Math.Round(item.Samples / (double)AudioFormat.SampleRateHz, 3);
        fields["usage"] = new JsonObject { ["type"] = "duration", ["seconds"] = seconds };
        (fields["model_version"], fields["encoder_version"]) = ($"{model.Number}", $"{model.EncoderNumber}");
        return SendAsync(Transcription + "completed", fields);
    }

    public ValueTask FailedAsync(SpokenItem item, RealtimeError error) =>
        SendAsync(Transcription + "failed", new() { ["item_id"] = item.Id, ["content_index"] = 0, ["error"] = Of(error, null) });

    /// <param name="clientEvent">Id of the client's event; null: it had none, or none is to blame.</param>
    public ValueTask ErrorAsync(RealtimeError error, string? clientEvent = null) =>
        SendAsync("error", new() { ["error"] = Of(error, clientEvent) });

    ValueTask SendAsync(string type, JsonObject fields) => outbox.SendAsync(type, fields, ct);

    static JsonObject Of(string item, string name, string text) => new() { ["item_id"] = item, ["content_index"] = 0, [name] = text };

    static JsonObject Of(RealtimeError error, string? clientEvent) => new()
    {
        ["type"] = error.Type,
        ["code"] = error.Code,
        ["message"] = error.Message,
        ["param"] = error.Param,
        ["event_id"] = clientEvent,
    };

    static JsonObject Item(string id) => new()
    {
        ["id"] = id,
        ["object"] = "realtime.item",
        ["type"] = "message",
        ["status"] = "completed",
        ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "input_audio", ["transcript"] = null }),
    };

    static JsonObject WithWords(SpokenItem item, IReadOnlyList<TranscribedWord> words, JsonObject fields)
    {
        if (item.Settings.Words)
            fields["words"] = new JsonArray([.. words.Select(w => new JsonObject
            {
                ["word"] = w.Word,
                ["start"] = TranscriptionBody.Rounded(w.StartSeconds), // of the utterance
                ["end"] = TranscriptionBody.Rounded(w.EndSeconds),
                ["confidence"] = w.Confidence,
            })]);
        if (item.Settings.Logprobs)
            fields["logprobs"] = new JsonArray([.. words.SelectMany(w => w.Letters).Select(l => new JsonObject
            {
                ["token"] = l.Text,
                ["logprob"] = l.LogProbability,
                ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(l.Text).Select(b => JsonValue.Create((int)b))]),
            })]);
        return fields;
    }

    static long Milliseconds(long sample) => sample * 1000 / AudioFormat.SampleRateHz;
}
