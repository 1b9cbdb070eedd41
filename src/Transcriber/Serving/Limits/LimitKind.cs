namespace Ssl.Transcriber.Serving.Limits;

/// <summary>What a limit counts; the label of the metric in snake case.</summary>
enum LimitKind { Requests, AudioSeconds, ConcurrentRequests, LiveSessions }
