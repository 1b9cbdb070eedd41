using System.Text.Json.Serialization;
using static Microsoft.AspNetCore.Http.StatusCodes;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The contract's error: message, code, and the parameter at fault.</summary>
sealed record ApiError([property: JsonIgnore] int Status, string Message, string Type, string? Param, string? Code)
{
    static readonly TimeSpan RetryWithoutModel = TimeSpan.FromSeconds(15);
    static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1); // the header has whole seconds
    static readonly TimeSpan RetryWhenBusy = TimeSpan.FromSeconds(2);

    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    public static ApiError Invalid(string message, string? param, string? code = null) =>
        new(Status400BadRequest, message, "invalid_request_error", param, code);

    public static ApiError TooLarge(string message) =>
        new(Status413PayloadTooLarge, message, "invalid_request_error", "file", "file_too_large");

    public static ApiError UnknownModel(string message) =>
        new(Status404NotFound, message, "invalid_request_error", "model", "model_not_found");

    public static ApiError Missing(string message, string code) =>
        new(Status404NotFound, message, "invalid_request_error", "id", code);

    public static ApiError NotFound(string path) =>
        new(Status404NotFound, $"there is nothing at {path}", "invalid_request_error", null, "unknown_url");

    public static ApiError WrongMethod(string method, string allowed) =>
        new(Status405MethodNotAllowed, $"{method} is not answered here: use {allowed}", "invalid_request_error", null,
            "method_not_allowed");

    public static ApiError NotReady(string message) =>
        new(Status503ServiceUnavailable, message, "server_error", null, "model_not_ready") { RetryAfter = RetryWithoutModel };

    public static ApiError TimedOut =>
        NotReady("the answer takes longer than is allowed") with { Code = "timeout", RetryAfter = RetryWhenBusy };

    public static ApiError QueueFull =>
        new(Status429TooManyRequests, "too many requests are waiting", "rate_limit_error", null, "queue_full")
        {
            RetryAfter = RetryWhenBusy,
        };

    /// <param name="type">What is limited: OpenAI's <c>requests</c>, and ours.</param>
    public static ApiError Limited(string message, string type, TimeSpan wait) =>
        new(Status429TooManyRequests, message, type, null, "rate_limit_exceeded")
        {
            RetryAfter = wait > ShortestWait ? wait : ShortestWait,
        };

    public static ApiError TooMuchWaiting(double seconds, TimeSpan limit) => QueueFull with
    {
        Message = $"the answer would take about {seconds:0} s, because other recordings wait; at most {limit.TotalSeconds:0} s are allowed",
        RetryAfter = TimeSpan.FromSeconds(Math.Max(RetryWhenBusy.TotalSeconds, seconds - limit.TotalSeconds)),
    };

    public static ApiError TooSlow(double seconds, TimeSpan limit) => TooLarge(
        $"this recording alone would take about {seconds:0} s; at most {limit.TotalSeconds:0} s are allowed: send it in parts");

    public static ApiError Unsupported(string message) => Invalid(message, null, "unsupported_operation");

    public static ApiError NoKey(string message) =>
        new(Status401Unauthorized, message, "invalid_request_error", null, "invalid_api_key");

    public static ApiError Forbidden(string message, string code) =>
        new(Status403Forbidden, message, "invalid_request_error", null, code);

    public static ApiError Conflict(string message) => new(Status409Conflict, message, "invalid_request_error", null, "refused");

    public static ApiError Internal =>
        new(Status500InternalServerError, "the service failed on this request; the log says why", "server_error", null, "internal_error");
}

/// <summary>Body of every answer that is not a success.</summary>
sealed record ErrorBody(ApiError Error);
