using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>The effective settings as <c>session</c> of an event, in the present form and in the older one.</summary>
static class SessionBody
{
    const string Kind = "realtime.transcription_session";

    public static JsonObject Present(string id, SessionSettings settings, long expiresAt) => new()
    {
        ["id"] = id,
        ["object"] = Kind,
        ["type"] = "transcription",
        ["expires_at"] = expiresAt,
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["format"] = Format(settings.Format),
                ["transcription"] = Transcription(settings),
                ["noise_reduction"] = NoiseReduction(settings),
                ["turn_detection"] = Turns(settings.Turns),
            },
        },
        ["include"] = Include(settings),
    };

    public static JsonObject Older(string id, SessionSettings settings, long expiresAt) => new()
    {
        ["id"] = id,
        ["object"] = Kind,
        ["expires_at"] = expiresAt,
        ["input_audio_format"] = settings.Format.Encoding switch
        {
            AudioEncoding.MuLaw => "g711_ulaw",
            AudioEncoding.ALaw => "g711_alaw",
            _ => "pcm16",
        },
        ["input_audio_transcription"] = Transcription(settings),
        ["input_audio_noise_reduction"] = NoiseReduction(settings),
        ["turn_detection"] = Turns(settings.Turns),
        ["include"] = Include(settings),
        ["client_secret"] = null,
    };

    static JsonObject Format(AudioContentType format) => format.Encoding switch
    {
        AudioEncoding.MuLaw => new() { ["type"] = "audio/pcmu" },
        AudioEncoding.ALaw => new() { ["type"] = "audio/pcma" },
        _ => new() { ["type"] = "audio/pcm", ["rate"] = format.RateHz },
    };

    static JsonObject Transcription(SessionSettings settings) => new()
    {
        ["model"] = settings.Model,
        ["language"] = settings.Language,
        ["prompt"] = settings.Prompt ?? "",
    };

    static JsonObject? NoiseReduction(SessionSettings settings) =>
        settings.NoiseReduction is { } type ? new JsonObject { ["type"] = type } : null;

    static JsonObject? Turns(TurnDetection? turns) => turns switch
    {
        null => null,
        { Eagerness: { } eagerness } => new() { ["type"] = "semantic_vad", ["eagerness"] = eagerness },
        _ => new()
        {
            ["type"] = "server_vad",
            ["threshold"] = turns.Threshold,
            ["prefix_padding_ms"] = turns.PrefixPaddingMs,
            ["silence_duration_ms"] = turns.SilenceDurationMs,
        },
    };

    static JsonArray? Include(SessionSettings settings) =>
        settings.Include.Count == 0 ? null : new JsonArray([.. settings.Include.Select(name => JsonValue.Create(name))]);
}
