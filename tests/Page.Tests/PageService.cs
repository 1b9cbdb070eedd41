using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Hosting;
using Ssl.TestKit;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Page.Tests;

/// <summary>A Transcriber that serves, as the program starts it, on a registry and the embedded broker.</summary>
sealed class PageService(WebApplication app) : IAsyncDisposable
{
    public Uri Address { get; } = new(app.Urls.First());

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public static Task<PageService> StartAsync(
        TemporaryFolder folder, EmbeddedKafka kafka, params (string Text, KeyScope Scopes)[] keys) =>
        StartAsync(folder, kafka, settings: [], services => { }, keys);

    /// <param name="settings">As on the command line; they win over those here.</param>
    /// <param name="add">In the place of the services' own.</param>
    public static async Task<PageService> StartAsync(TemporaryFolder folder, EmbeddedKafka kafka, string[] settings,
        Action<IServiceCollection> add, params (string Text, KeyScope Scopes)[] keys)
    {
        var builder = SslHost.CreateBuilder(["--Urls=http://127.0.0.1:0", $"--Registry:Path={folder.File("registry")}",
            "--Transcriber:Role=Serve", "--Transcriber:Stream:Enabled=false", "--Transcriber:Watch:Period=00:00:00",
            $"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true",
            .. keys.Index().SelectMany(k => (string[])
            [
                $"--Transcriber:Serving:Keys:key{k.Index}:Hash={Convert.ToHexString(ApiKey.Hash(k.Item.Text))}",
                $"--Transcriber:Serving:Keys:key{k.Index}:Scopes={k.Item.Scopes}",
            ]), .. settings], defaultPort: 0);
        builder.Logging.ClearProviders();
        add(builder.Services);
        builder.AddTranscriber();
        var app = builder.Build();
        app.MapSslDefaults();
        app.MapTranscriber();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PageService(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
