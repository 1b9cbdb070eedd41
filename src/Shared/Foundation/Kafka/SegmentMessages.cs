using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>An <see cref="AudioSegment"/> as a message of <c>audio.segments</c> and back.</summary>
public static class SegmentMessages
{
    const string EventType = "audio.segment";

    public static Message<byte[]?, byte[]?> ToMessage(AudioSegment segment)
    {
        var headers = new Headers();
        void Add(string name, string? value)
        {
            if (value is not null)
                headers.Add(name, Encoding.UTF8.GetBytes(value));
        }
        Add(MessageHeaders.ContentType, AudioFormat.SegmentContentType);
        Add(MessageHeaders.SpecVersion, "1.0");
        Add(MessageHeaders.Type, EventType);
        Add(MessageHeaders.Source, Topics.AudioRaw);
        Add(MessageHeaders.Id, segment.Id);
        Add(MessageHeaders.Time, segment.Time?.ToString("O", CultureInfo.InvariantCulture));
        Add(MessageHeaders.Sequence, segment.Sequence.ToString(CultureInfo.InvariantCulture));
        Add(MessageHeaders.TrainOptOut, segment.TrainOptOut ? "true" : null);
        Add(MessageHeaders.TraceParent, segment.TraceParent);
        var key = Encoding.UTF8.GetBytes(segment.StreamId);
        var isWhole = MemoryMarshal.TryGetArray(segment.Pcm, out var all) && all.Count == all.Array!.Length;
        var value = isWhole ? all.Array : segment.Pcm.ToArray();
        return new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers };
    }

    /// <summary>Reads a segment; where the message is not one, says why.</summary>
    public static bool TryRead(ConsumedMessage message, out AudioSegment segment, out string reason)
    {
        (segment, reason) = (null!, "");
        if (message.Header(MessageHeaders.Id) is not { Length: > 0 } id)
            reason = $"header {MessageHeaders.Id} is missing";
        else if (message.Header(MessageHeaders.ContentType) is { } type && type != AudioFormat.SegmentContentType)
            reason = $"it is {type}, not {AudioFormat.SegmentContentType}";
        else if (message.Value is not { Length: > 0 } pcm)
            reason = "no audio";
        else if (pcm.Length % AudioFormat.BytesPerSample != 0)
            reason = $"{pcm.Length} bytes are not whole 16-bit samples";
        else
            segment = new AudioSegment
            {
                Id = id,
                StreamId = message.KeyText,
                Pcm = pcm,
                Time = ParseTime(message.Header(MessageHeaders.Time)),
                Sequence = long.TryParse(message.Header(MessageHeaders.Sequence), CultureInfo.InvariantCulture, out var n) ? n : 0,
                TrainOptOut = message.OptsOut(),
                TraceParent = message.Header(MessageHeaders.TraceParent),
            };
        return reason.Length == 0;
    }

    /// <summary>The time of a header (RFC 3339) in UTC, or null.</summary>
    public static DateTimeOffset? ParseTime(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
