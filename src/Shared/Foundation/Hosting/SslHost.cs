using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>What services share: configuration (file, then environment, then command line), logs, health, metrics, exit codes.</summary>
public static class SslHost
{
    public const string MetricsPath = "/metrics";
    const string SettingsFile = "appsettings.json";
    const int SettingsExitCode = 2;
    const int FailureExitCode = 1;
    static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(30);

    /// <summary>Numbers and dates are written the same way whatever the machine's language is; only Unicode data comes from ICU.</summary>
    public static void UseInvariantCulture() =>
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    /// <param name="defaultPort">Where it listens unless <c>Urls</c> says otherwise.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, int defaultPort)
    {
        UseInvariantCulture();
        SettingNames.CheckArguments(args);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        AddWorkingFolderSettings(builder.Configuration);
        SettingNames.CheckFiles(builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]))
            builder.Configuration["Urls"] = $"{Scheme(builder.Configuration)}://localhost:{defaultPort}";
        builder.Logging.AddSimpleConsole(console => // Telemetry:Logs=Json replaces it
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // HostedLoop and GuardAsync log failures
        return builder;
    }

    static string Scheme(ConfigurationManager configuration) =>
        string.IsNullOrEmpty(configuration[$"{HttpOptions.Section}:{nameof(HttpOptions.Certificate)}"]) ? "http" : "https";

    /// <summary>An appsettings.json in the working folder overrides one beside the program, but not environment and command line.</summary>
    static void AddWorkingFolderSettings(ConfigurationManager configuration)
    {
        var here = Path.Combine(Directory.GetCurrentDirectory(), SettingsFile);
        if (Path.GetFullPath(here) == Path.Combine(AppContext.BaseDirectory, SettingsFile))
            return;
        var file = new JsonConfigurationSource { Path = here, Optional = true }; // it may be made later, see LiveSettings
        file.ResolveFileProvider();
        var besideProgram = configuration.Sources.ToList().FindLastIndex(source => source is JsonConfigurationSource);
        configuration.Sources.Insert(besideProgram + 1, file);
    }

    /// <summary>Kafka, registry, heartbeat; may be called by several services in one process.</summary>
    public static void AddSslDefaults(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(LoopHeartbeat)))
            return;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LoopHeartbeat>().AddSingleton<StartupProbe>();
        services.AddSingleton(new LiveSettings(builder.Configuration));
        var kafka = KafkaOptions.From(builder.Configuration);
        KafkaClients.CheckSettings(kafka);
        services.AddSingleton(kafka).AddSingleton(new SettingsSection(KafkaOptions.Section, typeof(KafkaOptions)));
        services.AddSingleton<KafkaClients>();
        services.AddValidatedOptions<RegistryOptions>(builder.Configuration, RegistryOptions.Section);
        services.AddSingleton<ModelRegistry>();
        builder.AddHttpServer();
        builder.AddTelemetry();
        KnownSeries.Start(typeof(KafkaMetrics));
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressMeters = true, SuppressEventCounters = true });
    }

    /// <summary>Of a service that keeps models: how much room their folder has is a metric.</summary>
    public static void WatchRegistryDisk(this WebApplicationBuilder builder)
    {
        var registry = builder.Services.Select(s => s.ImplementationInstance).OfType<RegistryOptions>().Single();
        if (!registry.IsInBucket())
            DiskMetrics.Watch("registry", registry.Path);
    }

    /// <summary><c>/health/live</c>, <c>/health/ready</c>, <c>/health/startup</c>, <c>/metrics</c>.</summary>
    public static void MapSslDefaults(this WebApplication app)
    {
        app.UseHttpServer();
        var heartbeat = app.Services.GetRequiredService<LoopHeartbeat>();
        var parts = app.Services.GetServices<IReadiness>().ToArray();
        app.MapGet("/health/live", () => Answer(heartbeat.Silent()));
        app.MapGet("/health/ready", () => Answer(Waiting()));
        app.MapGet("/health/startup", (StartupProbe startup) => Answer(startup.Waiting()));
        app.MapMetrics(MetricsPath);
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.Listening(string.Join(", ", app.Urls)));

        IReadOnlyList<string> Waiting() => [.. parts.Where(p => p.WaitingFor is not null).Select(p => $"{p.Name}: {p.WaitingFor}")];
        static IResult Answer(IReadOnlyList<string> problems) =>
            Results.Json(new { status = problems.Count == 0 ? "ok" : "waiting", problems }, statusCode: problems.Count == 0 ? 200 : 503);
    }

    /// <summary>Runs a program; a wrong setting or an outside failure gives one line on standard error and a non-zero exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task> program)
    {
        try
        {
            await program();
            return Environment.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return Environment.ExitCode;
        }
        catch (InvalidSettingException e)
        {
            await Console.Error.WriteLineAsync($"ssl: {e.Message}");
            return SettingsExitCode;
        }
        catch (Exception e) when (Cause(e) is IOException or UnauthorizedAccessException or TimeoutException or DllNotFoundException
            or InvalidDataException or Confluent.Kafka.KafkaException)
        {
            await Console.Error.WriteLineAsync($"ssl: {Cause(e).Message}");
            return FailureExitCode;
        }
    }

    /// <summary>The first exception of an aggregate.</summary>
    static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? first : e;
}
