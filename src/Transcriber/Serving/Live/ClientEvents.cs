using System.Text.Json;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Follows the events of one client; what is wrong with one is answered with an error, and the session goes on.</summary>
sealed class ClientEvents(SessionSettings initial, SessionAudio audio, LiveEvents events, ModelCatalog catalog)
{
    const string Supported = "session.update, transcription_session.update, input_audio_buffer.append, input_audio_buffer.commit, "
        + "input_audio_buffer.clear";

    SessionSettings settings = initial;
    int olderWasOffered;

    /// <summary>Whether the client has sent anything.</summary>
    public bool HasSpoken { get; private set; }

    public async Task HandleAsync(ClientMessage message, CancellationToken ct)
    {
        HasSpoken = true;
        string? id = null;
        try
        {
            if (message.Kind == MessageKind.Binary)
                throw new RealtimeException(RealtimeError.Invalid(
                    "binary messages are not read: send audio as base64 in input_audio_buffer.append", null, "binary_message"));
            using var json = Parse(message.Bytes);
            id = Text(json.RootElement, "event_id");
            await HandleAsync(json.RootElement, ct);
        }
        catch (InvalidOperationException e) when (e.Source == "System.Text.Json") // half of a surrogate pair
        {
            await events.ErrorAsync(RealtimeError.Invalid("a string of the event is no Unicode text", null, "invalid_json"), id);
        }
        catch (RealtimeException e)
        {
            await events.ErrorAsync(e.Error, id);
        }
    }

    /// <summary>A client of the older form may wait for this event before it sends its first.</summary>
    public async Task OfferOlderAsync()
    {
        if (Interlocked.Exchange(ref olderWasOffered, 1) == 0)
            await events.CreatedOlderAsync(settings);
    }

    async Task HandleAsync(JsonElement json, CancellationToken ct)
    {
        var type = Text(json, "type");
        switch (type)
        {
            case "session.update" or "transcription_session.update":
                await UpdateAsync(json, isOlder: type != "session.update", ct);
                break;
            case "input_audio_buffer.append":
                await audio.AppendAsync(Audio(json), settings, ct);
                break;
            case "input_audio_buffer.commit":
                await audio.CommitAsync(settings, ct);
                break;
            case "input_audio_buffer.clear":
                await audio.ClearAsync();
                break;
            case null:
                throw Missing("type");
            default:
                throw new RealtimeException(RealtimeError.Invalid(
                    $"Invalid value: '{Shortened(type)}'. Supported values are: {Supported}", "type"));
        }
    }

    async Task UpdateAsync(JsonElement json, bool isOlder, CancellationToken ct)
    {
        if (!json.TryGetProperty("session", out var session))
            throw Missing("session");
        var next = SessionUpdate.Apply(settings, session);
        if (next.Model != settings.Model)
            await CheckAsync(next.Model, ct);
        events.IsOlder = isOlder;
        if (isOlder)
            await OfferOlderAsync();
        settings = next;
        await events.UpdatedAsync(settings);
    }

    async Task CheckAsync(string model, CancellationToken ct)
    {
        var outcome = await catalog.LeaseAsync(model, ct);
        outcome.Lease?.Dispose();
        if (outcome.IsUnknown)
            throw new RealtimeException(RealtimeError.Invalid(
                outcome.Reason, events.IsOlder ? "session.input_audio_transcription.model" : "session.audio.input.transcription.model",
                "model_not_found"));
    }

    static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var json = JsonDocument.Parse(bytes);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new JsonException("an event is an object");
        }
        catch (JsonException e)
        {
            throw new RealtimeException(RealtimeError.Invalid($"the message is not a JSON event: {e.Message}", null, "invalid_json"));
        }
    }

    static ReadOnlyMemory<byte> Audio(JsonElement json)
    {
        if (!json.TryGetProperty("audio", out var audio))
            throw Missing("audio");
        if (audio.ValueKind == JsonValueKind.String && audio.TryGetBytesFromBase64(out var bytes))
            return bytes;
        throw new RealtimeException(RealtimeError.Invalid("'audio' is not base64", "audio"));
    }

    static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static RealtimeException Missing(string name) =>
        new(RealtimeError.Invalid($"Missing required parameter: '{name}'.", name, "missing_required_parameter"));

    static string Shortened(string text) => text.Length <= 64 ? text : text[..64] + "...";
}
