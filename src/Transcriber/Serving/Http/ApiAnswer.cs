using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Writes answers of the contract.</summary>
static class ApiAnswer
{
    public static Task WriteErrorAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
            http.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return http.Response.WriteAsJsonAsync(new ErrorBody(error), ErrorJson.Default.ErrorBody, cancellationToken: http.RequestAborted);
    }

    public static Task WriteJsonAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type) =>
        http.Response.WriteAsJsonAsync(body, type, cancellationToken: http.RequestAborted);

    public static Task WriteTextAsync(HttpContext http, string text, string contentType)
    {
        http.Response.ContentType = contentType;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Every answer that a model has a part in says which one.</summary>
    public static void NameVersions(HttpContext http, ServingModel model)
    {
        http.Response.Headers["x-model-version"] = model.Number.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["x-encoder-version"] = model.EncoderNumber.ToString(CultureInfo.InvariantCulture);
    }
}
