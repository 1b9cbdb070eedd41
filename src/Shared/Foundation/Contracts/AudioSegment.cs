using System.Runtime.InteropServices;

namespace Ssl.Shared.Foundation.Contracts;

/// <summary>A message of <c>audio.segments</c>: 1 to 20 s of 16 kHz mono PCM16 (little-endian), written by Ingest.</summary>
public sealed record AudioSegment
{
    /// <summary>
    /// <c>topic/partition/offset/sample</c> of its first sample in the source: the same audio read twice has the same id.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Call, microphone or channel: the message key.</summary>
    public required string StreamId { get; init; }
    /// <summary>PCM16 little-endian bytes; an even number.</summary>
    public required ReadOnlyMemory<byte> Pcm { get; init; }
    /// <summary>When the first sample was recorded, if the source said so.</summary>
    public DateTimeOffset? Time { get; init; }
    /// <summary>Position of the segment in its stream, growing; from Ingest.</summary>
    public long Sequence { get; init; }
    public bool TrainOptOut { get; init; }
    public string? TraceParent { get; init; }
    public int SampleCount => Pcm.Length / AudioFormat.BytesPerSample;
    public double DurationSeconds => AudioFormat.SecondsOf(SampleCount);
    public ReadOnlySpan<short> Samples => MemoryMarshal.Cast<byte, short>(Pcm.Span);
}
