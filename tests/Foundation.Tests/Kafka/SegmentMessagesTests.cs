using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class SegmentMessagesTests
{
    static readonly AudioSegment Segment = new()
    {
        Id = "audio.raw/1/2/3",
        StreamId = "Anruf Nr. 7 \u00fc",
        Pcm = new byte[] { 1, 2, 3, 4 },
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Sequence = 42,
        TrainOptOut = true,
        TraceParent = "00-trace",
    };

    static ConsumedMessage Arrived(Message<byte[]?, byte[]?> message) =>
        new(Topics.AudioSegments, 0, 0, message.Key, message.Value, message.Headers, DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_segment_comes_back_as_it_went()
    {
        Assert.True(SegmentMessages.TryRead(Arrived(SegmentMessages.ToMessage(Segment)), out var read, out var reason), reason);
        Assert.Equal(Segment.Pcm.ToArray(), read.Pcm.ToArray());
        Assert.Equal(Segment with { Pcm = default }, read with { Pcm = default });
    }

    [Theory]
    [InlineData("no id", "ce_id")]
    [InlineData("no audio", "no audio")]
    [InlineData("odd", "3 bytes")]
    [InlineData("other type", "audio/wav")]
    public void What_is_not_a_segment_has_a_reason(string fault, string expected)
    {
        var message = SegmentMessages.ToMessage(Segment);
        switch (fault)
        {
            case "no id":
                message.Headers.Remove(MessageHeaders.Id);
                break;
            case "no audio":
                message.Value = null;
                break;
            case "odd":
                message.Value = new byte[3];
                break;
            default:
                message.Headers.Add(MessageHeaders.ContentType, "audio/wav"u8.ToArray());
                break;
        }
        Assert.False(SegmentMessages.TryRead(Arrived(message), out _, out var reason));
        Assert.Contains(expected, reason);
    }
}
