namespace Ssl.Ingest.Streams;

/// <summary>How far a stream is durably in segments: all its messages before this offset, and so many bytes of the message at it.</summary>
sealed record StreamPosition(long Offset, int Byte)
{
    /// <summary>True when every byte of the message was used.</summary>
    public bool Covers(long offset, int bytes) => offset < Offset || (offset == Offset && bytes <= Byte);
}
