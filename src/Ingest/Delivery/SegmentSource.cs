using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Delivery;

/// <summary>The properties that segments inherit from their source message.</summary>
sealed record SegmentSource(
    string Topic, int Partition, long Offset, string StreamId, DateTimeOffset? Time, bool TrainOptOut, string? TraceParent)
{
    const int SampleBits = 30; // of a sequence number; the message's offset stands above

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static SegmentSource From(ConsumedMessage message) => new(
        message.Topic, message.Partition, message.Offset, StreamIdOf(message),
        SegmentMessages.ParseTime(message.Header(MessageHeaders.Time)),
        string.Equals(message.Header(MessageHeaders.TrainOptOut), "true", StringComparison.OrdinalIgnoreCase),
        message.Header(MessageHeaders.TraceParent));

    /// <param name="pcm">16 kHz mono.</param>
    /// <param name="firstSample">First sample of the segment in this message, at the source's rate.</param>
    public AudioSegment Segment(short[] pcm, long firstSample, int rateHz) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}/{Offset}/{firstSample}"),
        StreamId = StreamId,
        Pcm = MemoryMarshal.AsBytes<short>(pcm).ToArray(),
        Time = Time?.AddSeconds(firstSample / (double)rateHz),
        Sequence = (Offset << SampleBits) + firstSample,
        TrainOptOut = TrainOptOut,
        TraceParent = TraceParent,
    };

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
