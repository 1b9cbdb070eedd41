using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Reads the multipart form of <c>/v1/audio/transcriptions</c>; what is wrong with it comes back as an error that names the field.</summary>
static class TranscriptionForm
{
    /// <summary>Room for the fields beside the file.</summary>
    const int FieldBytes = 64 * 1024;

    const string Granularities = "timestamp_granularities";

    public static async Task<(TranscriptionRequest? Request, ApiError? Error)> ReadAsync(HttpContext http, UploadOptions limits, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType)
            return (null, ApiError.Invalid("expected multipart/form-data with the fields 'file' and 'model'", null));
        var bodyLimit = limits.MaxBytes + FieldBytes;
        // Before the server's own limit is set: within that one it reads on to the end of what the client sends, who then sees the answer and not a reset.
        if (http.Request.ContentLength > bodyLimit)
            return (null, TooLarge(limits));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = bodyLimit;
        try
        {
            var form = await http.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = bodyLimit }, ct);
            return await ReadFieldsAsync(form, limits, ct);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge(limits));
        }
        catch (InvalidDataException e) when (e.Message.Contains("length limit", StringComparison.Ordinal))
        {
            return (null, TooLarge(limits));
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException)
        {
            return (null, ApiError.Invalid($"the form cannot be read: {e.Message}", null));
        }
    }

    static async Task<(TranscriptionRequest?, ApiError?)> ReadFieldsAsync(IFormCollection form, UploadOptions limits, CancellationToken ct)
    {
        if (form.Files.GetFile("file") is not { } file)
            return (null, ApiError.Invalid("the field 'file' is missing: it holds the recording, with a file name", "file"));
        if (file.Length == 0)
            return (null, ApiError.Invalid("the file is empty", "file"));
        if (file.Length > limits.MaxBytes)
            return (null, TooLarge(limits));
        if (form["model"].ToString() is not { Length: > 0 } model)
            return (null, ApiError.Invalid("the field 'model' is missing: 'ssl' is the model that serves", "model"));
        if (Format(form["response_format"].ToString()) is not { } format)
            return (null, ApiError.Invalid($"'{form["response_format"]}' is not a response format: json, text, srt, verbose_json, vtt", "response_format"));
        if (form["temperature"].ToString() is { Length: > 0 } temperature && !IsTemperature(temperature))
            return (null, ApiError.Invalid($"the temperature '{temperature}' is not a number from 0 to 1", "temperature"));
        var times = form[Granularities + "[]"].Concat(form[Granularities]).OfType<string>().ToArray();
        if (times.FirstOrDefault(t => t is not ("word" or "segment")) is { } unknown)
            return (null, ApiError.Invalid($"'{unknown}' is not a timestamp granularity: word, segment", Granularities));
        if (times.Length > 0 && format != ResponseFormat.VerboseJson)
            return (null, ApiError.Invalid("timestamp granularities need response_format verbose_json", Granularities));
        return (new TranscriptionRequest(await ReadAudioAsync(file, ct), Hint(file.ContentType), model, format,
            form["language"].ToString() is { Length: > 0 } language ? language : null,
            Words: times.Contains("word"), Segments: times.Length == 0 || times.Contains("segment")), null);
    }

    static async Task<byte[]> ReadAudioAsync(IFormFile file, CancellationToken ct)
    {
        var audio = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(audio, ct);
        return audio;
    }

    /// <summary>Only raw PCM cannot be told by its first bytes; containers are, whatever the client's guess from the file's name was.</summary>
    static string? Hint(string? contentType) =>
        contentType is not null && (contentType.StartsWith("audio/L16", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("audio/pcm", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("audio/basic", StringComparison.OrdinalIgnoreCase)) ? contentType : null;

    static ResponseFormat? Format(string text) => text switch
    {
        "" or "json" => ResponseFormat.Json,
        "text" => ResponseFormat.Text,
        "verbose_json" => ResponseFormat.VerboseJson,
        "srt" => ResponseFormat.Srt,
        "vtt" => ResponseFormat.Vtt,
        _ => null,
    };

    static bool IsTemperature(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1;

    static ApiError TooLarge(UploadOptions limits) => ApiError.TooLarge($"the file is larger than {limits.MaxBytes} bytes");
}
