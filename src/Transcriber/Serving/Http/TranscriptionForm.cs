using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Reads the multipart form of <c>/v1/audio/transcriptions</c>; an error names the field.</summary>
static class TranscriptionForm
{
    const int MinPromptLetters = 4; // short words are heard well without help
    public const int MaxHotWords = 200;
    const string Granularities = "timestamp_granularities";

    /// <summary>A form with a file that is not empty.</summary>
    /// <param name="other">A field that may stand in the place of the file; null: none.</param>
    public static async Task<(MultipartForm? Form, ApiError? Error)> ReadFormAsync(
        HttpContext http, UploadOptions limits, CancellationToken ct, string? other = null)
    {
        var bodyLimit = limits.MaxBytes + MultipartForm.FieldBytes;
        // Before the server's limit is set: below it the server reads the body to its end, and the client sees the answer, not a reset.
        if (http.Request.ContentLength > bodyLimit)
            return (null, TooLarge(limits));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = bodyLimit;
        try
        {
            var form = await MultipartForm.ReadAsync(http.Request, limits.MaxBytes, ct);
            return form.File switch
            {
                null when other is not null && form[other].Length > 0 => (form, null),
                null => (null, ApiError.Invalid("the field 'file' is missing: it holds the recording", "file")),
                { Length: 0 } => (null, ApiError.Invalid("the file is empty", "file")),
                _ => (form, null),
            };
        }
        catch (BodyTooLargeException e) when (e.Place != "file")
        {
            return (null, ApiError.TooLarge($"the fields beside the file are larger than {MultipartForm.FieldBytes} bytes") with
            {
                Param = e.Place,
                Code = "field_too_large",
            });
        }
        catch (Exception e) when (
            e is BodyTooLargeException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            return (null, TooLarge(limits));
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException)
        {
            return (null, ApiError.Invalid($"the form cannot be read: {e.Message}", null));
        }
    }

    public static (TranscriptionRequest? Request, ApiError? Error) ReadFields(MultipartForm form)
    {
        if (form["model"] is not { Length: > 0 } model)
            return (null, ApiError.Invalid("the field 'model' is missing: 'ssl' is the model that serves", "model"));
        if (form["response_format"] is "diarized_json")
            return (null, ApiError.Invalid(
                "speakers are not told apart here: use json, text, srt, verbose_json or vtt", "response_format", "unsupported_value"));
        if (Format(form["response_format"]) is not { } format)
            return (null, ApiError.Invalid(
                $"'{form["response_format"]}' is not a response format: json, text, srt, verbose_json, vtt", "response_format"));
        if (Temperature(form["temperature"]) is not { } temperature)
            return (null, ApiError.Invalid($"the temperature '{form["temperature"]}' is not a number from 0 to 1", "temperature"));
        if (form.Flag("stream") is not { } stream)
            return (null, ApiError.Invalid($"'{form["stream"]}' is neither true nor false", "stream"));
        string[] times = [.. form.Values(Granularities).SelectMany(Items)];
        if (times.FirstOrDefault(t => t is not ("word" or "segment")) is { } unknown)
            return (null, ApiError.Invalid($"'{unknown}' is not a timestamp granularity: word, segment", Granularities));
        if (times.Length > 0 && format != ResponseFormat.VerboseJson && !stream)
            return (null, ApiError.Invalid("timestamp granularities need response_format verbose_json", Granularities));
        var logprobs = form.Values("include").SelectMany(Items).Contains("logprobs");
        if (logprobs && format != ResponseFormat.Json)
            return (null, ApiError.Invalid("log-probabilities need response_format json", "include"));
        return (new TranscriptionRequest(Hint(form.FileContentType), model, format)
        {
            Language = form["language"] is { Length: > 0 } language ? language : null,
            Words = times.Contains("word"),
            Segments = times.Contains("segment") || (times.Length == 0 && format == ResponseFormat.VerboseJson),
            Stream = stream,
            Temperature = temperature,
            Logprobs = logprobs,
            HotWords = HotWords(form),
        }, null);
    }

    /// <summary>All keywords, and the longer words of the prompt, which may be a sentence.</summary>
    static string[] HotWords(MultipartForm form) =>
        [.. form.Values("keywords").SelectMany(Words).Concat(Words(form["prompt"]).Where(w => w.Length >= MinPromptLetters))
            .Take(MaxHotWords)];

    /// <summary>Values of a list, which some clients send as <c>a,b</c> or as a JSON array.</summary>
    static string[] Items(string list) => list.Split([',', ' ', '[', ']', '"'], StringSplitOptions.RemoveEmptyEntries);

    static IEnumerable<string> Words(string text) =>
        text.Split([' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The content type of headerless samples; containers are recognised by their first bytes.</summary>
    public static string? Hint(string? contentType) =>
        contentType is not null && AudioContentType.IsHeaderless(contentType) ? contentType : null;

    static ResponseFormat? Format(string text) => text switch
    {
        "" or "json" => ResponseFormat.Json,
        "text" => ResponseFormat.Text,
        "verbose_json" => ResponseFormat.VerboseJson,
        "srt" => ResponseFormat.Srt,
        "vtt" => ResponseFormat.Vtt,
        _ => null,
    };

    static double? Temperature(string text) => text.Length == 0 ? 0
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1 ? value : null;

    static ApiError TooLarge(UploadOptions limits) => ApiError.TooLarge($"the file is larger than {limits.MaxBytes} bytes");
}
