using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class DeadLettersTests : IDisposable
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;

    public DeadLettersTests() => clients = TestClients.Of(kafka);

    public void Dispose()
    {
        clients.Dispose();
        kafka.Dispose();
        limit.Dispose();
    }

    static ConsumedMessage Message(byte[]? value, params (string Name, byte[]? Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, bytes) in headers)
            all.Add(name, bytes);
        return new ConsumedMessage(Topics.AudioRaw, 2, 9, "call"u8.ToArray(), value, all, null) { TimestampMs = 1_760_000_000_000_000 };
    }

    async Task<ConsumedMessage> SentAsync(ConsumedMessage message, int attempts = 3)
    {
        await new DeadLetters(clients, Topics.AudioRawDeadLetters, "group", NullLogger.Instance)
            .SendAsync(message, "failed", "because", attempts, limit.Token);
        await foreach (var letter in AnnouncementFollower.FollowAsync(clients, Topics.AudioRawDeadLetters, limit.Token))
            return letter;
        throw new InvalidOperationException();
    }

    [Fact]
    public async Task A_letter_is_the_message_its_failure_and_its_origin()
    {
        var letter = await SentAsync(Message([1, 2, 3], ("content-type", "audio/wav"u8.ToArray()), ("empty", null)));
        Assert.Equal(("call", "audio/wav", "failed: because", "3", "group"), (letter.KeyText, letter.Header("content-type"),
            letter.Header(MessageHeaders.FailureReason), letter.Header(MessageHeaders.FailedAttempts),
            letter.Header(MessageHeaders.FailedConsumer)));
        Assert.Equal([1, 2, 3], letter.Value);
        Assert.Equal((Topics.AudioRaw, 2, 9L), letter.Origin);
        Assert.Equal("1760000000000000", letter.Header(MessageHeaders.SourceTimestamp));
    }

    [Fact]
    public async Task A_replayed_letter_that_fails_again_keeps_its_origin_and_counts_on()
    {
        var first = await SentAsync(Message([1]), attempts: 1);
        var replayed = DeadLetters.Replayed(first);
        Assert.Null(replayed.Headers.FirstOrDefault(h => h.Key == MessageHeaders.FailureReason));
        using var second = new EmbeddedKafkaAndClients();
        var again = new ConsumedMessage(Topics.AudioRaw, 0, 55, replayed.Key, replayed.Value, replayed.Headers, null);
        await new DeadLetters(second.Clients, Topics.AudioRawDeadLetters, "group", NullLogger.Instance)
            .SendAsync(again, "corrupt", "still", 1, limit.Token);
        await foreach (var letter in AnnouncementFollower.FollowAsync(second.Clients, Topics.AudioRawDeadLetters, limit.Token))
        {
            Assert.Equal((Topics.AudioRaw, 2, 9L), letter.Origin);
            Assert.Equal(("corrupt: still", "2"),
                (letter.Header(MessageHeaders.FailureReason), letter.Header(MessageHeaders.FailedAttempts)));
            Assert.Single(letter.Headers, h => h.Key == MessageHeaders.SourceOffset);
            return;
        }
    }

    [Fact]
    public async Task A_letter_too_large_for_the_topic_goes_without_its_bytes()
    {
        var letter = await SentAsync(Message(new byte[KafkaOptions.LargestMessageBytes - 50], ("note", new byte[100])));
        Assert.Null(letter.Value);
        Assert.Equal("call", letter.KeyText);
    }

    [Fact]
    public async Task Headers_too_large_for_the_topic_are_left_out()
    {
        var letter = await SentAsync(Message([1], ("note", new byte[KafkaOptions.LargestMessageBytes])));
        Assert.Equal("failed: because", letter.Header(MessageHeaders.FailureReason));
        Assert.Null(letter.Header("note"));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(TimeoutException))]
    public async Task Whatever_work_throws_it_is_tried_three_times(Type type)
    {
        var tried = 0;
        var failure = await Attempts.RunAsync(() =>
        {
            tried++;
            throw (Exception)Activator.CreateInstance(type)!;
        }, limit.Token);
        Assert.IsType(type, failure);
        Assert.Equal(3, tried);
        Assert.Null(await Attempts.RunAsync(() => --tried > 0 ? throw new InvalidOperationException() : Task.CompletedTask, limit.Token));
    }

    [Fact]
    public async Task What_no_record_is_guilty_of_is_thrown()
    {
        await Assert.ThrowsAsync<KafkaException>(() => Attempts.RunAsync(
            () => throw new KafkaException(ErrorCode.Local_Transport), limit.Token));
        await Assert.ThrowsAsync<DllNotFoundException>(() => Attempts.RunAsync(() => throw new DllNotFoundException(), limit.Token));
        await Assert.ThrowsAsync<IOException>(() => Attempts.RunAsync(() => throw new IOException(), limit.Token, e => e is IOException));
    }

    [Fact]
    public async Task An_announcement_that_cannot_be_handled_is_logged_with_its_offset_counted_and_passed_over()
    {
        using var log = new RememberedLog();
        var before = KafkaMetrics.PassedOver.WithLabels(Topics.AudioRaw).Value;
        await Attempts.OrPassOverAsync(Message([1]), () => throw new FormatException("planted"), log, limit.Token);
        Assert.Equal(before + 1, KafkaMetrics.PassedOver.WithLabels(Topics.AudioRaw).Value);
        Assert.Contains(log.Lines, line => line.Contains("audio.raw/2/9", StringComparison.Ordinal)
            && line.Contains("planted", StringComparison.Ordinal));
    }

    sealed class EmbeddedKafkaAndClients : IDisposable
    {
        readonly EmbeddedKafka kafka = EmbeddedKafka.Start();

        public EmbeddedKafkaAndClients() => Clients = TestClients.Of(kafka);

        public KafkaClients Clients { get; }

        public void Dispose()
        {
            Clients.Dispose();
            kafka.Dispose();
        }
    }
}
