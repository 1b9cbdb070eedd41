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

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>What every service has in common: configuration in the order file, environment, command line; logs; health; metrics; how it ends.</summary>
public static class SslHost
{
    const string SettingsFile = "appsettings.json";
    const int SettingsExitCode = 2;
    const int FailureExitCode = 1;
    static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(30);

    /// <param name="defaultPort">Where it listens unless <c>Urls</c> says otherwise.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, int defaultPort)
    {
        SettingNames.CheckArguments(args);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        AddWorkingFolderSettings(builder.Configuration);
        SettingNames.CheckFiles(builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]))
            builder.Configuration["Urls"] = $"http://localhost:{defaultPort}";
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // what it says of failures, HostedLoop and GuardAsync say once and shorter
        return builder;
    }

    /// <summary>An appsettings.json where the user stands wins over one beside the program; environment and command line win over both.</summary>
    static void AddWorkingFolderSettings(ConfigurationManager configuration)
    {
        var here = Path.Combine(Directory.GetCurrentDirectory(), SettingsFile);
        if (!File.Exists(here) || Path.GetFullPath(here) == Path.Combine(AppContext.BaseDirectory, SettingsFile))
            return;
        var file = new JsonConfigurationSource { Path = here };
        file.ResolveFileProvider();
        var besideProgram = configuration.Sources.Select((source, index) => (source, index)).LastOrDefault(s => s.source is JsonConfigurationSource);
        configuration.Sources.Insert(besideProgram.source is null ? 0 : besideProgram.index + 1, file);
    }

    /// <summary>Kafka, registry, heartbeat; may be called by several services in one process.</summary>
    public static void AddSslDefaults(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(LoopHeartbeat)))
            return;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LoopHeartbeat>();
        var kafka = KafkaOptions.From(builder.Configuration);
        KafkaClients.CheckSettings(kafka);
        services.AddSingleton(kafka).AddSingleton(new SettingsSection(KafkaOptions.Section, typeof(KafkaOptions)));
        services.AddSingleton<KafkaClients>();
        services.AddValidatedOptions<RegistryOptions>(builder.Configuration, RegistryOptions.Section);
        services.AddSingleton<ModelRegistry>();
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressMeters = true, SuppressEventCounters = true });
    }

    /// <summary><c>/health/live</c>, <c>/health/ready</c>, <c>/health/startup</c>, <c>/metrics</c>.</summary>
    public static void MapSslDefaults(this WebApplication app)
    {
        var heartbeat = app.Services.GetRequiredService<LoopHeartbeat>();
        var parts = app.Services.GetServices<IReadiness>().ToArray();
        app.MapGet("/health/live", () => Answer(heartbeat.Silent()));
        app.MapGet("/health/ready", () => Answer(Waiting()));
        app.MapGet("/health/startup", () => Answer(Waiting()));
        app.MapMetrics();
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.Listening(string.Join(", ", app.Urls)));

        IReadOnlyList<string> Waiting() => [.. parts.Where(p => p.WaitingFor is not null).Select(p => $"{p.Name}: {p.WaitingFor}")];
        static IResult Answer(IReadOnlyList<string> problems) =>
            Results.Json(new { status = problems.Count == 0 ? "ok" : "waiting", problems }, statusCode: problems.Count == 0 ? 200 : 503);
    }

    /// <summary>Runs a program; a wrong setting or a lost world ends it with one line on standard error and a non-zero exit code.</summary>
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
        catch (Exception e) when (Cause(e) is IOException or UnauthorizedAccessException or TimeoutException or DllNotFoundException or InvalidDataException or Confluent.Kafka.KafkaException)
        {
            await Console.Error.WriteLineAsync($"ssl: {Cause(e).Message}");
            return FailureExitCode;
        }
    }

    /// <summary>What went wrong, not that it went wrong in parallel.</summary>
    static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? first : e;
}
