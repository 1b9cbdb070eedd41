using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The contract's error: what went wrong, in words and as a code, and which parameter it is about.</summary>
sealed record ApiError(
    [property: JsonIgnore] int Status,
    string Message,
    string Type,
    string? Param,
    string? Code)
{
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    public static ApiError Invalid(string message, string? param, string? code = null) => new(StatusCodes.Status400BadRequest, message, "invalid_request_error", param, code);

    public static ApiError TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message, "invalid_request_error", "file", "file_too_large");

    public static ApiError UnknownModel(string message) => new(StatusCodes.Status404NotFound, message, "invalid_request_error", "model", "model_not_found");

    public static ApiError NotFound(string path) => new(StatusCodes.Status404NotFound, $"there is nothing at {path}", "invalid_request_error", null, "unknown_url");

    public static ApiError NotReady(string message, TimeSpan retryAfter) => new(StatusCodes.Status503ServiceUnavailable, message, "server_error", null, "model_not_ready") { RetryAfter = retryAfter };

    public static ApiError TimedOut(TimeSpan limit, TimeSpan retryAfter) => new(StatusCodes.Status503ServiceUnavailable, $"the answer took longer than {limit}", "server_error", null, "timeout") { RetryAfter = retryAfter };

    public static ApiError QueueFull(TimeSpan retryAfter) => new(StatusCodes.Status429TooManyRequests, "too many requests are waiting", "rate_limit_error", null, "queue_full") { RetryAfter = retryAfter };

    public static ApiError Internal => new(StatusCodes.Status500InternalServerError, "the service failed on this request; the log says why", "server_error", null, "internal_error");
}
