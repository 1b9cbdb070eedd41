using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Ssl.Shared.Foundation.Audio;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Writes answers of the HTTP contract.</summary>
static class ApiAnswer
{
    public const string WarningHeader = "x-audio-warning";

    public static Task WriteErrorAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
            http.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return http.Response.WriteAsJsonAsync(new ErrorBody(error), ErrorJson.Readable.ErrorBody, cancellationToken: http.RequestAborted);
    }

    public static Task WriteJsonAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type) =>
        http.Response.WriteAsJsonAsync(body, type, cancellationToken: http.RequestAborted);

    public static Task WriteTextAsync(HttpContext http, string text, string mediaType)
    {
        http.Response.ContentType = $"{mediaType}; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>What is missing or wrong in a recording that was used all the same, as a header; counted once a request.</summary>
    public static void WarnOf(HttpContext http, DecodeResult audio)
    {
        if (Warning(audio) is { } warning)
            http.Response.Headers[WarningHeader] = warning;
    }

    /// <summary>The same for an answer that has begun; null: nothing is wrong. Counts the faults.</summary>
    public static string? Warning(DecodeResult audio)
    {
        ServingMetrics.Truncated.Inc(audio.Truncation is null ? 0 : 1);
        foreach (var fault in audio.FaultLabels)
            ServingMetrics.Faults.WithLabels(fault).Inc();
        string[] faults = [.. audio.Truncation is null ? [] : (string[])["truncated"], .. audio.FaultLabels];
        return faults.Length == 0 ? null
            : Printable(string.Join(", ", faults) + (audio.Truncation is { } missing ? $"; {missing}" : ""));
    }

    /// <summary>A header holds printable ASCII only (RFC 9110, 5.5); a decoder may quote the file.</summary>
    static string Printable(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));

    /// <summary>Names the model version of an answer in its headers.</summary>
    public static void NameVersions(HttpContext http, ServingModel model)
    {
        http.Response.Headers["x-model-version"] = model.Number.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["x-encoder-version"] = model.EncoderNumber.ToString(CultureInfo.InvariantCulture);
    }
}
