namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Why audio cannot be used; in snake_case the values of the metric label <c>reason</c>, and how <c>x-failure-reason</c> begins.
/// </summary>
public enum RejectReason
{
    /// <summary>No bytes, or a container without a sample in it.</summary>
    Empty,

    /// <summary>The first bytes are those of no container that is read.</summary>
    UnknownFormat,

    /// <summary>The content type is not one of audio that is read, or lacks a parameter.</summary>
    UnsupportedContentType,

    /// <summary>The bytes are not what the content type says.</summary>
    ContentTypeMismatch,

    /// <summary>The container is recognised, but what is in it makes no sense.</summary>
    Corrupt,

    /// <summary>Less audio than promised: the end is missing, or damage hides a part.</summary>
    Truncated,

    /// <summary>Several Ogg streams behind one another in one message.</summary>
    Chained,

    /// <summary>More audio than one clip may have.</summary>
    TooLong,

    /// <summary>So few bytes for so much audio that it was made to burst.</summary>
    Overcompressed,

    UnsupportedRate,

    TooManyChannels,
}
