using System.Net.WebSockets;
using Ssl.Transcriber.Serving.Limits;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Why a session ends, what the client is told, and the label of metrics.</summary>
/// <param name="Status">Of the close frame (RFC 6455, 7.4.1); null: nobody is there to read it.</param>
/// <param name="Error">Sent before it.</param>
sealed record SessionEnd(string Label, WebSocketCloseStatus? Status, string Reason, RealtimeError? Error = null)
{
    public static readonly SessionEnd Client = new("client", WebSocketCloseStatus.NormalClosure, "");
    public static readonly SessionEnd Vanished = new("vanished", null, "");
    public static readonly SessionEnd Slow = new("slow", null, "");
    public static readonly SessionEnd Stopping = new("stopping", WebSocketCloseStatus.EndpointUnavailable, "the service is stopping")
    {
        IsFinished = true,
    };
    public static readonly SessionEnd Failed = new("failed", WebSocketCloseStatus.InternalServerError, "the service failed");

    /// <summary>What was heard before is transcribed, and the client gets its text.</summary>
    public bool IsFinished { get; private init; }

    public static SessionEnd Idle(TimeSpan after) => Closed("idle", WebSocketCloseStatus.NormalClosure,
        $"no event came for {after.TotalSeconds:0} s", "session_idle");

    public static SessionEnd Expired(TimeSpan after) => Closed("expired", WebSocketCloseStatus.NormalClosure,
        $"a session lasts {after.TotalMinutes:0.##} minutes at most", "session_expired");

    public static SessionEnd Oversized(int maxBytes) => Closed("oversized", WebSocketCloseStatus.MessageTooBig,
        $"a message has {maxBytes} bytes at most", "message_too_large");

    public static readonly SessionEnd Revoked =
        Closed("revoked", WebSocketCloseStatus.PolicyViolation, "the key was revoked", "invalid_api_key");

    public static SessionEnd Limited(LimitExceeded over) => Closed("limited", WebSocketCloseStatus.PolicyViolation,
        $"the limit of {over.Per} is reached", "rate_limit_exceeded", over.Message) with
    {
        IsFinished = true,
    };

    /// <param name="message">Of the error; default: the reason, which has 123 bytes at most.</param>
    static SessionEnd Closed(string label, WebSocketCloseStatus status, string reason, string code, string? message = null) =>
        new(label, status, reason, RealtimeError.Invalid(message ?? reason, null, code));
}
