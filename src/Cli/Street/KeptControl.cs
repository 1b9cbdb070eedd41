using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;

namespace Ssl.Cli.Street;

/// <summary>Keeps in the data folder what operators said on <c>control</c>: the embedded broker forgets it at its end.</summary>
sealed class KeptControl(string path, LearningSwitch learning, KafkaClients clients) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        learning.Changed += Keep;
        await base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        learning.Changed -= Keep;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>A file that somebody damaged is left alone: learning goes on, as without one.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Read() is { } kept)
            await LearningSwitch.SendAsync(clients, kept, stoppingToken);
    }

    LearningControl? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractJson.Default.LearningControl) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    void Keep(LearningControl control) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(control, ContractJson.Default.LearningControl));
}
