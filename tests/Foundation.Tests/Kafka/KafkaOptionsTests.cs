using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class KafkaOptionsTests
{
    static KafkaOptions Read(params (string Key, string? Value)[] settings) =>
        KafkaOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Kafka:{s.Key}", s.Value))).Build());

    [Fact]
    public void Names_go_to_librdkafka_with_dots()
    {
        var options = Read(
            ("BOOTSTRAPSERVERS", "one:9092,two:9092"), ("embedded", "true"),
            ("SaslMechanism", "PLAIN"), ("ssl.ca.location", "/etc/ca.pem"));
        Assert.Equal(("one:9092,two:9092", true), (options.BootstrapServers, options.Embedded));
        var expected = new Dictionary<string, string> { ["sasl.mechanism"] = "PLAIN", ["ssl.ca.location"] = "/etc/ca.pem" };
        Assert.Equal(expected, options.Settings);
    }

    [Theory]
    [InlineData("SaslMechanisn", "PLAIN", "did you mean sasl.mechanism?")]
    [InlineData("SocketTimeoutMs", "soon", "socket.timeout.ms")]
    [InlineData("SecurityProtocol", "NONE", "security.protocol")]
    [InlineData("EnableAutoOffsetStore", "true", "Kafka:EnableAutoOffsetStore")]
    [InlineData("Embedded", "perhaps", "Kafka:Embedded")]
    [InlineData("BootstrapServers", " ", "Kafka:BootstrapServers")]
    [InlineData("Sasl:Mechanism", "PLAIN", "Kafka:Sasl")]
    public void A_wrong_setting_is_named(string key, string value, string expected)
    {
        var refused = Assert.Throws<InvalidSettingException>(() =>
        {
            var options = key == "BootstrapServers" ? Read((key, value)) : Read(("BootstrapServers", "127.0.0.1:1"), (key, value));
            using var clients = new KafkaClients(options, NullLoggerFactory.Instance);
        });
        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
