using Confluent.Kafka;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>
/// <c>/health/startup</c>: broker and registry have answered once; settings and libraries were checked before the host ran. True before
/// the first recognizer, so that an orchestrator does not restart a service that learns. Thread-safe.
/// </summary>
sealed class StartupProbe(KafkaClients clients, ModelRegistry registry)
{
    static readonly TimeSpan BrokerPatience = TimeSpan.FromSeconds(2);

    readonly Lock gate = new();
    volatile bool started;

    /// <summary>What is waited for; none: the service has started.</summary>
    public IReadOnlyList<string> Waiting()
    {
        if (started)
            return [];
        lock (gate) // one question at a time
        {
            if (started)
                return [];
            string[] waiting = [.. Ask("registry", () => registry.Aliases()), .. Ask("broker", () => clients.Ask(BrokerPatience))];
            started = waiting.Length == 0;
            return waiting;
        }
    }

    static IEnumerable<string> Ask(string name, Action ask)
    {
        try
        {
            ask();
            return [];
        }
        catch (Exception e) when (e is KafkaException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return [$"{name}: {e.Message}"];
        }
    }
}
