using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>Headers and timestamps as clients write them.</summary>
public sealed class ConsumedMessageTests
{
    static ConsumedMessage With(params (string Name, byte[]? Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, value) in headers)
            all.Add(name, value);
        return new ConsumedMessage(Topics.AudioRaw, 3, 7, null, [], all, null);
    }

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("content-type", "audio/wav")]
    [InlineData("Content-Type", "audio/wav")]
    [InlineData("contentType", "\"audio/wav\"")]
    [InlineData("CONTENT_TYPE", " audio/wav\n")]
    [InlineData("content-type", "'audio/wav'")]
    [InlineData("content-type", "\"\\\"audio\\/wav\\\"\"")]
    [InlineData("content-type", "audio/wav\0")]
    [InlineData("content-type", "\uFEFFaudio/wav")]
    public void A_header_is_read_as_it_was_meant(string name, string value) =>
        Assert.Equal("audio/wav", With((name, Utf8(value))).Header(MessageHeaders.ContentType));

    [Theory]
    [InlineData("audio/pcm;rate=\"16000\"")]
    [InlineData("\"")]
    [InlineData("")]
    [InlineData("\"broken \\x\" ending\"x")]
    public void What_only_looks_quoted_stays(string value) => Assert.Equal(value, With(("text", Utf8(value))).Header("text"));

    [Fact]
    public void Of_several_the_last_that_has_a_value_counts()
    {
        var message = With(("ce_id", Utf8("first")), ("CE_ID", Utf8("second")), ("ce_id", null));
        Assert.Equal("second", message.Header(MessageHeaders.Id));
        Assert.Null(message.Header(MessageHeaders.Time));
        Assert.Equal("a\uFFFDb", With(("ce_id", [(byte)'a', 0xff, (byte)'b'])).Header(MessageHeaders.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "false")]
    [InlineData(false, "\"False\"")]
    [InlineData(false, "0")]
    [InlineData(false, "no")]
    [InlineData(true, "true")]
    [InlineData(true, "\"true\"")]
    [InlineData(true, "TRUE")]
    [InlineData(true, "1")]
    [InlineData(true, "yes")]
    [InlineData(true, "true", "false")]
    public void Consent_is_read(bool optsOut, params string[] values)
    {
        var before = KafkaMetrics.UnreadableOptOuts.Value;
        Assert.Equal(optsOut, With([.. values.Select(v => ("Train-Opt-Out", (byte[]?)Utf8(v)))]).OptsOut());
        Assert.Equal(before, KafkaMetrics.UnreadableOptOuts.Value);
    }

    [Theory]
    [InlineData("train-opt-out", "perhaps")]
    [InlineData("train-opt-out", "")]
    [InlineData("train-opt-out", null)]
    [InlineData("ce_trainoptout", "{}")]
    [InlineData("x-train-opt-out", "t\0r\0u\0e\0")]
    public void What_is_neither_yes_nor_no_is_an_opt_out_and_counted(string name, string? value)
    {
        var before = KafkaMetrics.UnreadableOptOuts.Value;
        Assert.True(With(("train-opt-out", Utf8("false")), (name, value is null ? null : Utf8(value))).OptsOut());
        Assert.Equal(before + 1, KafkaMetrics.UnreadableOptOuts.Value);
    }

    [Theory]
    [InlineData(1_760_000_000_000_000, false)] // microseconds
    [InlineData(long.MaxValue, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(-1, true)]
    [InlineData(253_402_300_799_999, true)]
    public void A_timestamp_that_no_calendar_holds_is_none(long milliseconds, bool isTime)
    {
        var result = new ConsumeResult<byte[]?, byte[]?>
        {
            TopicPartitionOffset = new TopicPartitionOffset("t", 0, 1),
            Message = new Message<byte[]?, byte[]?> { Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime) },
        };
        var message = ConsumedMessage.From(result);
        Assert.Equal(isTime, message.Timestamp is not null);
        Assert.Equal(milliseconds, message.TimestampMs);
    }

    [Theory]
    [InlineData("audio.raw", "1", "5", "audio.raw", 1, 5)]
    [InlineData("audio.raw", "one", "5", "audio.raw", 3, 7)]
    [InlineData("", "1", "5", "audio.raw", 3, 7)]
    [InlineData("audio.raw", "-1", "5", "audio.raw", 3, 7)]
    public void The_origin_is_that_of_the_headers_where_they_name_one(
        string topic, string partition, string offset, string expectedTopic, int expectedPartition, long expectedOffset) =>
        Assert.Equal((expectedTopic, expectedPartition, expectedOffset), With(
            (MessageHeaders.SourceTopic, Utf8(topic)), (MessageHeaders.SourcePartition, Utf8(partition)),
            (MessageHeaders.SourceOffset, Utf8(offset))).Origin);
}
