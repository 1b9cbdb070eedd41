using Microsoft.Extensions.Configuration.Memory;
using Ssl.Cli.Broker;
using Ssl.Ingest;
using Ssl.Learner;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Transcriber;

namespace Ssl.Cli.Street;

/// <summary>All services in one process, on the user's broker or, where none is named, on the embedded one.</summary>
sealed class StreetHost : IAsyncDisposable
{
    const string BootstrapServers = "Kafka:BootstrapServers";

    readonly DataFolder data;
    readonly BrokerAddress broker;
    readonly EmbeddedKafka? embedded;

    /// <param name="settings">As on the command line of a service (<c>--Learner:Threads=2</c>); they win over <paramref
    /// name="defaults"/>.</param>
    /// <param name="defaults">Values that replace the services' own defaults.</param>
    public StreetHost(
        DataFolder data, string[] settings, IReadOnlyDictionary<string, string?>? defaults = null, Action<ILoggingBuilder>? logging = null)
    {
        this.data = data;
        var builder = SslHost.CreateBuilder(settings, defaultPort: 8080);
        logging?.Invoke(builder.Logging);
        var values = new Dictionary<string, string?>([.. data.Places, .. defaults ?? new Dictionary<string, string?>()])
        {
            ["Learner:Threads"] = "1", // of two cores, one trains and one fine-tunes or answers
        };
        if (string.IsNullOrEmpty(builder.Configuration[BootstrapServers]))
        {
            embedded = EmbeddedKafka.Start();
            values[BootstrapServers] = embedded.BootstrapServers;
            values["Kafka:Embedded"] = "true";
            values["Transcriber:Stream:BeforeFirstModel"] = "Skip"; // this broker cannot keep what waits for the first recognizer
        }
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
        broker = new BrokerAddress(builder.Configuration[BootstrapServers]!, embedded is not null);
        AddServices(builder);
        if (embedded is not null)
            builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<KeptControl>(s, data.Control));
        App = builder.Build();
        App.MapSslDefaults();
        App.MapTranscriber();
    }

    public WebApplication App { get; }

    /// <summary>Where the service answers, once it has started.</summary>
    public Uri Address => new(
        App.Urls.First().Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal));

    /// <summary>All services; <c>Kafka:BootstrapServers</c> must be set.</summary>
    public static void AddServices(WebApplicationBuilder builder)
    {
        builder.AddIngest();
        builder.AddLearner();
        builder.AddTranscriber();
    }

    /// <summary>Starts everything and tells client commands where the broker is.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await App.StartAsync(ct);
        broker.Save(data);
    }

    public async ValueTask DisposeAsync()
    {
        BrokerAddress.Forget(data);
        await App.DisposeAsync();
        embedded?.Dispose();
    }
}
