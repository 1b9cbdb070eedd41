namespace Ssl.Transcriber.Serving.Live;

/// <summary>What is wrong with an event of the client, or with an item.</summary>
sealed record RealtimeError(string Message, string? Param, string Code, string Type = "invalid_request_error")
{
    public static RealtimeError Invalid(string message, string? param, string code = "invalid_value") => new(message, param, code);

    public static RealtimeError Server(string message, string code) => new(message, null, code, "server_error");
}

/// <summary>An event of the client cannot be followed; the session goes on.</summary>
sealed class RealtimeException(RealtimeError error) : Exception(error.Message)
{
    public RealtimeError Error => error;
}
