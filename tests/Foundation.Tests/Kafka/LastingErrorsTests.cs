using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class LastingErrorsTests
{
    [Fact]
    public void An_error_of_one_topic_silences_neither_that_of_another_nor_another_error()
    {
        using var log = new RememberedLog();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = "nowhere:1" }, log);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            clients.SayAtTimes(ErrorCode.TopicAuthorizationFailed, Topics.Encoders, "no right to read");
            clients.SayAtTimes(ErrorCode.TopicAuthorizationFailed, Topics.Recognizers, "no right to read");
            clients.SayAtTimes(ErrorCode.Local_TimedOut, Topics.Encoders, "no answer");
            clients.SayAtTimes(ErrorCode.Local_TimedOut, topic: "", "no connection");
        }
        Assert.Equal(
        [
            "Warning 1008 Kafka at nowhere:1: models.encoders: no right to read",
            "Warning 1008 Kafka at nowhere:1: models.recognizers: no right to read",
            "Warning 1008 Kafka at nowhere:1: models.encoders: no answer",
            "Warning 1008 Kafka at nowhere:1: no connection",
        ], log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_error_that_lasts_is_due_again_after_a_while_whatever_else_happens()
    {
        var clock = new FakeTimeProvider();
        var lasting = new LastingErrors(clock);
        Assert.True(lasting.IsDue(ErrorCode.Local_Transport, Topics.AudioRaw));
        clock.Advance(LastingErrors.SayAgainAfter - TimeSpan.FromSeconds(1));
        Assert.True(lasting.IsDue(ErrorCode.Local_TimedOut, Topics.AudioRaw)); // in between
        Assert.False(lasting.IsDue(ErrorCode.Local_Transport, Topics.AudioRaw));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(lasting.IsDue(ErrorCode.Local_Transport, Topics.AudioRaw));
        Assert.False(lasting.IsDue(ErrorCode.Local_Transport, Topics.AudioRaw));
    }
}
