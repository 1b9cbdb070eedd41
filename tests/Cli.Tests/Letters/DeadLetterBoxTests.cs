using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Cli.Letters;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Tests.Letters;

public sealed class DeadLetterBoxTests : IDisposable
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;
    readonly DeadLetterBox box;

    public DeadLetterBoxTests()
    {
        clients = new(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        box = new DeadLetterBox(clients);
    }

    public void Dispose()
    {
        clients.Dispose();
        kafka.Dispose();
        limit.Dispose();
    }

    static ConsumedMessage Message(string topic, int partition, long offset, string text)
    {
        var headers = new Headers { { MessageHeaders.ContentType, "audio/wav"u8.ToArray() } };
        return new(topic, partition, offset, "call"u8.ToArray(), Encoding.UTF8.GetBytes(text), headers, null);
    }

    async Task LettersAsync()
    {
        var raw = new DeadLetters(clients, Topics.AudioRawDeadLetters, "ssl-ingest", NullLogger.Instance);
        await raw.SendAsync(Message(Topics.AudioRaw, 1, 5, "one"), "truncated", "the end is missing", 1, limit.Token);
        await raw.SendAsync(Message(Topics.AudioRaw, 2, 9, "two"), "failed", "planted", 3, limit.Token);
        var segments = new DeadLetters(clients, Topics.AudioSegmentsDeadLetters, "ssl-learner", NullLogger.Instance);
        await segments.SendAsync(Message(Topics.AudioSegments, 3, 1, "three"), "failed", "planted", 3, limit.Token);
    }

    string[] Names(string? topic = null, string? reason = null, params string[] names) =>
        [.. box.Find(topic, reason, names, limit.Token).Select(DeadLetterBox.NameOf)];

    [Fact]
    public async Task Letters_are_found_by_topic_reason_and_name()
    {
        await LettersAsync();
        Assert.Equal(["audio.raw.dlq/0/0", "audio.raw.dlq/0/1", "audio.segments.dlq/0/0"], Names());
        Assert.Equal(["audio.raw.dlq/0/1", "audio.segments.dlq/0/0"], Names(reason: "failed"));
        Assert.Equal(["audio.raw.dlq/0/0"], Names(Topics.AudioRawDeadLetters, "Truncated: the end"));
        Assert.Equal(["audio.raw.dlq/0/1"], Names(null, null, "audio.raw.dlq/0/1", "audio.raw.dlq/0/77"));
        Assert.Throws<InvalidDataException>(() => Names(null, null, "audio.raw/0/1"));
        var letter = box.Find(null, null, ["audio.raw.dlq/0/0"], limit.Token).Single();
        Assert.Contains("truncated: the end is missing", DeadLetterBox.Describe(letter));
        Assert.Contains("\taudio.raw/1/5\ttruncated", DeadLetterBox.Line(letter));
    }

    [Fact]
    public async Task A_replayed_letter_goes_to_its_topic_and_partition_and_keeps_its_origin()
    {
        await LettersAsync();
        foreach (var letter in box.Find(null, "failed", [], limit.Token).ToArray())
            Assert.True(await box.ReplayAsync(letter, limit.Token));
        foreach (var (topic, partition, offset, text) in new[] { (Topics.AudioRaw, 2, 9L, "two"), (Topics.AudioSegments, 3, 1L, "three") })
        {
            using var tail = new TopicTail(clients, topic);
            var held = Assert.Single(tail.Partitions(limit.Token));
            var message = Assert.Single(tail.Read(held, limit.Token));
            Assert.Equal((partition, "call", "audio/wav"),
                (message.Partition, message.KeyText, message.Header(MessageHeaders.ContentType)));
            Assert.Equal(text, Encoding.UTF8.GetString(message.Value!));
            Assert.Equal((topic, partition, offset), message.Origin);
            Assert.Null(message.Header(MessageHeaders.FailureReason));
        }
    }

    [Fact]
    public async Task A_letter_without_its_bytes_takes_them_from_its_source()
    {
        var delivered = await clients.DeliverAsync(Topics.AudioRaw,
            new() { Key = "call"u8.ToArray(), Value = "the bytes"u8.ToArray(), Headers = [] }, limit.Token, partition: 0);
        var letters = new DeadLetters(clients, Topics.AudioRawDeadLetters, "ssl-ingest", NullLogger.Instance);
        foreach (var offset in new[] { delivered.Offset.Value, 500 })
            await letters.SendAsync(Message(Topics.AudioRaw, 0, offset, "") with { Value = null }, "failed", "x", 3, limit.Token);
        var found = box.Find(null, null, [], limit.Token).ToArray();
        Assert.True(await box.ReplayAsync(found[0], limit.Token));
        Assert.False(await box.ReplayAsync(found[1], limit.Token));
        using var tail = new TopicTail(clients, Topics.AudioRaw);
        Assert.Equal(["the bytes", "the bytes"],
            tail.Read(tail.Partitions(limit.Token).Single(), limit.Token).Select(m => Encoding.UTF8.GetString(m.Value!)));
    }
}
