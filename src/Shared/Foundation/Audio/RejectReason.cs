namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Why audio cannot be used; in snake_case the values of the metric label <c>reason</c>, and how <c>x-failure-reason</c> begins.
/// </summary>
public enum RejectReason
{
    Empty, // no bytes, or a container without samples
    UnknownFormat, // the first bytes are those of no supported container
    UnsupportedContentType, // not a supported audio type, or without a required parameter
    ContentTypeMismatch, // the first bytes show no container, or one where samples without a header were announced
    Corrupt, // the container is recognised, its content is not valid
    Truncated, // the end is missing, and TruncatedAudio.Refuse is set
    TooLong, // longer than one clip may be
    Overcompressed, // too few bytes for the audio or the number of files they hold: a decompression bomb
    UnsupportedRate,
    TooManyChannels,
    FfmpegMissing, // a format that ffmpeg reads, which is not installed, not allowed or cannot be started
    TooCostly, // ffmpeg reached its limit of time or memory
    Wrapped, // text around the audio: JSON, base64, a data URL
}
