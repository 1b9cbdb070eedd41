using System.Text.Json;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>
/// Reads the <c>session</c> of an update, in the present form (<c>audio.input</c>) or the older one (<c>input_audio_format</c> ...).
/// Fields that are not there keep their values; unknown ones are ignored.
/// </summary>
static class SessionUpdate
{
    const int MinRateHz = 8_000;
    const int MaxRateHz = 48_000;
    const int TelephoneRateHz = 8_000;
    const int MaxPaddingMs = 10_000;
    const int MinSilenceMs = 50;

    /// <exception cref="RealtimeException">A value is not allowed; nothing changes.</exception>
    public static SessionSettings Apply(SessionSettings settings, JsonElement session)
    {
        if (session.ValueKind != JsonValueKind.Object)
            throw Refuse("session", "an object");
        if (Text(session, "type", "session.type") is { } type and not "transcription")
            throw new RealtimeException(RealtimeError.Invalid(
                $"sessions here are of type 'transcription'; '{type}' is not supported", "session.type"));
        if (session.TryGetProperty("include", out var include))
            settings = settings with { Include = Include(include) };
        if (session.TryGetProperty("audio", out var audio))
        {
            if (audio.ValueKind == JsonValueKind.Object && audio.TryGetProperty("input", out var input))
                settings = ApplyInput(settings, input, "session.audio.input.", "");
            return settings;
        }
        return ApplyInput(settings, session, "session.", "input_audio_");
    }

    static SessionSettings ApplyInput(SessionSettings settings, JsonElement input, string path, string prefix)
    {
        if (input.ValueKind != JsonValueKind.Object)
            throw Refuse(path.TrimEnd('.'), "an object");
        if (input.TryGetProperty(prefix + "format", out var format))
            settings = settings with { Format = Format(format, input, path + prefix + "format") };
        if (input.TryGetProperty(prefix + "transcription", out var transcription))
            settings = ApplyTranscription(settings, transcription, path + prefix + "transcription");
        if (input.TryGetProperty(prefix + "noise_reduction", out var noise))
            settings = settings with { NoiseReduction = NoiseReduction(noise, path + prefix + "noise_reduction") };
        if (input.TryGetProperty("turn_detection", out var turns))
            settings = settings with { Turns = Turns(turns, path + "turn_detection") };
        return settings;
    }

    static AudioContentType Format(JsonElement format, JsonElement input, string path)
    {
        if (format.ValueKind == JsonValueKind.String) // the older form; a rate beside it as in Azure's
            return OfName(format.GetString()!, Number(input, "input_audio_sampling_rate", "session.input_audio_sampling_rate"), path);
        if (format.ValueKind != JsonValueKind.Object)
            throw Refuse(path, "an object with 'type'");
        return OfName(Text(format, "type", path + ".type") ?? "", Number(format, "rate", path + ".rate"), path + ".type");
    }

    static AudioContentType OfName(string name, double? rate, string path)
    {
        var telephone = name switch
        {
            "audio/pcmu" or "g711_ulaw" => AudioEncoding.MuLaw,
            "audio/pcma" or "g711_alaw" => AudioEncoding.ALaw,
            "audio/pcm" or "pcm16" => AudioEncoding.PcmLittleEndian,
            _ => throw Refuse(path, "audio/pcm, audio/pcmu or audio/pcma (older form: pcm16, g711_ulaw, g711_alaw)"),
        };
        if (telephone != AudioEncoding.PcmLittleEndian)
            return new AudioContentType(telephone, null, TelephoneRateHz, 1);
        var rateHz = rate ?? SessionSettings.Pcm24.RateHz;
        return rateHz is >= MinRateHz and <= MaxRateHz && rateHz % 1 == 0 ? SessionSettings.Pcm24 with { RateHz = (int)rateHz }
            : throw new RealtimeException(RealtimeError.Invalid(
                $"a rate of {rateHz} is not within {MinRateHz} to {MaxRateHz}; 16000 and 24000 are usual", path));
    }

    static SessionSettings ApplyTranscription(SessionSettings settings, JsonElement transcription, string path)
    {
        if (transcription.ValueKind == JsonValueKind.Null)
            return settings;
        if (transcription.ValueKind != JsonValueKind.Object)
            throw Refuse(path, "an object or null");
        return settings with
        {
            Model = Text(transcription, "model", path + ".model") ?? settings.Model,
            Language = transcription.TryGetProperty("language", out _)
                ? Text(transcription, "language", path + ".language") : settings.Language,
            Prompt = transcription.TryGetProperty("prompt", out _) ? Text(transcription, "prompt", path + ".prompt") : settings.Prompt,
        };
    }

    static string? NoiseReduction(JsonElement noise, string path) => noise.ValueKind == JsonValueKind.Null ? null
        : noise.ValueKind == JsonValueKind.Object && Text(noise, "type", path + ".type") is "near_field" or "far_field"
            ? noise.GetProperty("type").GetString() : throw Refuse(path + ".type", "near_field or far_field");

    static TurnDetection? Turns(JsonElement turns, string path)
    {
        if (turns.ValueKind == JsonValueKind.Null)
            return null;
        if (turns.ValueKind != JsonValueKind.Object)
            throw Refuse(path, "an object or null");
        var standard = new TurnDetection();
        return (Text(turns, "type", path + ".type") ?? "server_vad") switch
        {
            "server_vad" => new TurnDetection(
                Within("threshold", 0, 1, standard.Threshold),
                (int)Within("prefix_padding_ms", 0, MaxPaddingMs, standard.PrefixPaddingMs),
                (int)Within("silence_duration_ms", MinSilenceMs, MaxPaddingMs, standard.SilenceDurationMs)),
            "semantic_vad" => TurnDetection.Semantic(Text(turns, "eagerness", path + ".eagerness") ?? "auto")
                ?? throw Refuse(path + ".eagerness", "low, medium, high or auto"),
            _ => throw Refuse(path + ".type", "server_vad or semantic_vad"),
        };

        double Within(string name, double min, double max, double usual) => Number(turns, name, $"{path}.{name}") is not { } value ? usual
            : value >= min && value <= max ? value : throw Refuse($"{path}.{name}", $"{min} to {max}");
    }

    static string[] Include(JsonElement include)
    {
        if (include.ValueKind == JsonValueKind.Null)
            return [];
        if (include.ValueKind != JsonValueKind.Array)
            throw Refuse("session.include", "a list");
        string[] names = [.. include.EnumerateArray().Select(e => e.ToString())];
        return names.All(n => n is SessionSettings.LogprobsName or SessionSettings.PartialName or SessionSettings.WordsName) ? names : throw
            Refuse("session.include", $"{SessionSettings.LogprobsName}, {SessionSettings.PartialName}, {SessionSettings.WordsName}");
    }

    static string? Text(JsonElement parent, string name, string path) => !parent.TryGetProperty(name, out var value) ? null
        : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => throw Refuse(path, "a string"),
        };

    static double? Number(JsonElement parent, string name, string path) => !parent.TryGetProperty(name, out var value) ? null
        : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number => value.GetDouble(),
            _ => throw Refuse(path, "a number"),
        };

    static RealtimeException Refuse(string path, string expected) =>
        new(RealtimeError.Invalid($"the value of '{path}' is not allowed: expected {expected}", path));
}
