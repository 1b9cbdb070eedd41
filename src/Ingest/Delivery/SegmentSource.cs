using System.Globalization;
using System.Runtime.InteropServices;
using Ssl.Shared.Audio;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;

namespace Ssl.Ingest.Delivery;

/// <summary>The message from which segments come: what they inherit from it.</summary>
sealed record SegmentSource(string Topic, int Partition, long Offset, string StreamId, DateTimeOffset? Time, bool TrainOptOut, string? TraceParent)
{
    public static SegmentSource From(ConsumedMessage message) => new(
        message.Topic, message.Partition, message.Offset, message.KeyText,
        DateTimeOffset.TryParse(message.Header(MessageHeaders.Time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        string.Equals(message.Header(MessageHeaders.TrainOptOut), "true", StringComparison.OrdinalIgnoreCase),
        message.Header(MessageHeaders.TraceParent));

    /// <param name="firstSample">First sample of the segment in this message, at the source's rate.</param>
    public AudioSegment Segment(CutSegment cut, long firstSample, long sequence, int rateHz) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}/{Offset}/{firstSample}"),
        StreamId = StreamId,
        Pcm = MemoryMarshal.AsBytes<short>(cut.Samples).ToArray(),
        Time = Time?.AddSeconds(firstSample / (double)rateHz),
        Sequence = sequence,
        TrainOptOut = TrainOptOut,
        TraceParent = TraceParent,
    };
}
