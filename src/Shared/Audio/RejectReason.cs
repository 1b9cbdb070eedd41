namespace Ssl.Shared.Audio;

/// <summary>Why audio cannot be used. The names, in snake_case, are the values of the metric label <c>reason</c> and of <c>x-failure-reason</c>.</summary>
public enum RejectReason
{
    Empty,
    UnknownFormat,
    UnsupportedContentType,
    ContentTypeMismatch,
    Corrupt,
    Truncated,
    TooLong,
    UnsupportedRate,
    TooManyChannels,
}
