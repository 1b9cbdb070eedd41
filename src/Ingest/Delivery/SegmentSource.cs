using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Ingest.Delivery;

/// <summary>The properties that segments inherit from their source message.</summary>
sealed record SegmentSource(
    string Topic, int Partition, long Offset, string StreamId, DateTimeOffset? Time, bool TrainOptOut, string? TraceParent)
{
    const int MaxTraceChars = 256; // W3C Trace Context has 55, and may grow; a copy goes into every segment
    const int SampleBits = 30; // of a sequence number; the message's offset stands above

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static SegmentSource From(ConsumedMessage message)
    {
        var (topic, partition, offset) = message.Origin;
        return new(topic, partition, offset, StreamIdOf(message), SegmentMessages.ParseTime(message.Header(MessageHeaders.Time)),
            message.OptsOut(), Traces.ParentAfter(message) is { Length: > 0 and <= MaxTraceChars } trace ? trace : null);
    }

    /// <param name="pcm">16 kHz mono.</param>
    /// <param name="firstSample">First sample of the segment in this message, at the source's rate.</param>
    public AudioSegment Segment(short[] pcm, long firstSample, int rateHz) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}/{Offset}/{firstSample}"),
        StreamId = StreamId,
        Pcm = MemoryMarshal.AsBytes<short>(pcm).ToArray(),
        Time = TimeOf(firstSample / (double)rateHz),
        Sequence = (Offset << SampleBits) + firstSample,
        TrainOptOut = TrainOptOut,
        TraceParent = TraceParent,
    };

    /// <summary>Null also where the sender's time lies so near the end of the calendar that this would be behind it.</summary>
    DateTimeOffset? TimeOf(double seconds) =>
        Time is { } start && (DateTimeOffset.MaxValue - start).TotalSeconds > seconds ? start.AddSeconds(seconds) : null;

    /// <summary>The key as UTF-8, else in hexadecimal (two keys are never one stream); without a key the message's own position.</summary>
    public static string StreamIdOf(ConsumedMessage message)
    {
        if (message.Key is not { Length: > 0 } key)
            return string.Create(CultureInfo.InvariantCulture, $"{message.Topic}/{message.Partition}/{message.Offset}");
        try
        {
            return Strict.GetString(key);
        }
        catch (DecoderFallbackException)
        {
            return "0x" + Convert.ToHexStringLower(key);
        }
    }
}
