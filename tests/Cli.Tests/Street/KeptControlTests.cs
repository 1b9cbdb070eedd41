using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Street;

public sealed class KeptControlTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task A_pause_outlives_the_embedded_broker_and_a_damaged_file_pauses_nothing()
    {
        await RunAsync(async learning =>
        {
            await learning.SetAsync(paused: true, "ann", "noise", limit.Token);
            await UntilAsync(() => File.Exists(folder.File("control.json")));
        });
        await RunAsync(async learning =>
        {
            await UntilAsync(() => learning.IsPaused);
            Assert.Equal(("ann", "noise"), (learning.Last!.Who, learning.Last.Why));
            await learning.SetAsync(paused: false, "bob", "over", limit.Token);
            await UntilAsync(() => File.ReadAllText(folder.File("control.json")).Contains("bob", StringComparison.Ordinal));
        });
        File.WriteAllText(folder.File("control.json"), "{");
        await RunAsync(async learning =>
        {
            await learning.SetAsync(paused: false, "carl", "works", limit.Token);
            await UntilAsync(() => learning.Last?.Who == "carl");
        });
    }

    /// <summary>One run of <c>ssl up</c>, as far as <c>control</c> goes, with a broker of its own.</summary>
    async Task RunAsync(Func<LearningSwitch, Task> act)
    {
        using var kafka = EmbeddedKafka.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(logging => logging.ClearProviders()).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new KafkaClients(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance));
        builder.Services.AddLearningSwitch();
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<KeptControl>(s, folder.File("control.json")));
        using var host = builder.Build();
        await host.StartAsync(limit.Token);
        await act(host.Services.GetRequiredService<LearningSwitch>());
        await host.StopAsync(limit.Token);
    }

    async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
            await Task.Delay(50, limit.Token);
    }
}
