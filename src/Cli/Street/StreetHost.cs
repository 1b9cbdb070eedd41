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
    const int DefaultPort = 8080;

    readonly DataFolder data;
    readonly EmbeddedKafka? embedded;

    /// <param name="settings">Configuration as on the command line of a service (<c>--Learner:Threads=2</c>); it wins over <paramref name="defaults"/>.</param>
    /// <param name="defaults">What this way of running changes in the services' own defaults.</param>
    public StreetHost(DataFolder data, string[] settings, IReadOnlyDictionary<string, string?> defaults, Action<ILoggingBuilder>? logging = null)
    {
        this.data = data;
        var builder = SslHost.CreateBuilder(settings, DefaultPort);
        logging?.Invoke(builder.Logging);
        if (string.IsNullOrEmpty(builder.Configuration["Kafka:BootstrapServers"]))
            embedded = EmbeddedKafka.Start();
        UnderUserSettings(builder, OneProcess(data, embedded));
        UnderUserSettings(builder, defaults);
        Broker = new BrokerAddress(builder.Configuration["Kafka:BootstrapServers"]!, embedded is not null);
        AddServices(builder);
        App = builder.Build();
        App.MapSslDefaults();
        App.MapTranscriber();
    }

    public WebApplication App { get; }

    public BrokerAddress Broker { get; }

    /// <summary>Address on which the service answers, once it has started.</summary>
    public Uri Address => new(App.Urls.First().Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal));

    /// <summary>All services; <c>Kafka:BootstrapServers</c> is set.</summary>
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
        Broker.Save(data);
    }

    public async ValueTask DisposeAsync()
    {
        BrokerAddress.Forget(data);
        await App.DisposeAsync();
        embedded?.Dispose();
    }

    /// <summary>Two cores are shared: one thread trains, one fine-tunes or answers. The embedded broker cannot keep a backlog for a recognizer to come.</summary>
    static Dictionary<string, string?> OneProcess(DataFolder data, EmbeddedKafka? embedded)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["Registry:Path"] = data.Registry,
            ["Learner:DataPath"] = data.Learner,
            ["Learner:Threads"] = "1",
        };
        if (embedded is not null)
        {
            defaults["Kafka:BootstrapServers"] = embedded.BootstrapServers;
            defaults["Kafka:Embedded"] = "true";
            defaults["Transcriber:Stream:BeforeFirstModel"] = "Skip";
        }
        return defaults;
    }

    static void UnderUserSettings(WebApplicationBuilder builder, IReadOnlyDictionary<string, string?> defaults) =>
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
}
