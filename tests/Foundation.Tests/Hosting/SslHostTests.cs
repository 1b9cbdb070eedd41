using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Hosting;

/// <summary>Exit code, standard error, environment and working folder belong to the whole process, so these run by themselves.</summary>
[Collection(nameof(SslHostTests))]
[CollectionDefinition(nameof(SslHostTests), DisableParallelization = true)]
public sealed class SslHostTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    readonly int exitCode = Environment.ExitCode;

    CancellationToken Ct => limit.Token;

    public void Dispose()
    {
        Environment.ExitCode = exitCode;
        limit.Dispose();
        folder.Dispose();
    }

    WebApplicationBuilder Builder(params string[] more)
    {
        string[] arguments =
            ["--Kafka:BootstrapServers=127.0.0.1:1", $"--Registry:Path={folder.Path}", "--Urls=http://127.0.0.1:0", .. more];
        var builder = SslHost.CreateBuilder(arguments, 0);
        builder.Logging.ClearProviders();
        builder.AddSslDefaults();
        builder.AddSslDefaults(); // as every service of one process does
        return builder;
    }

    sealed class Part : IReadiness
    {
        public string Name => "recognizer";

        public string? WaitingFor { get; set; } = "the first version";
    }

    sealed class Failing(IHostApplicationLifetime lifetime, ILogger<Failing> logger) : HostedLoop(lifetime, logger)
    {
        protected override Task RunAsync(CancellationToken ct) => throw new InvalidOperationException("the disk is gone");
    }

    [Fact]
    public async Task Health_says_what_is_silent_and_what_is_waited_for()
    {
        var part = new Part();
        var builder = Builder();
        builder.Services.AddSingleton<IReadiness>(part);
        await using var app = builder.Build();
        app.MapSslDefaults();
        await app.StartAsync(Ct);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        await ExpectAsync(http, "/health/live", HttpStatusCode.OK, "ok");
        await ExpectAsync(http, "/health/ready", HttpStatusCode.ServiceUnavailable, "waiting", "recognizer: the first version");
        await ExpectAsync(http, "/health/startup", HttpStatusCode.ServiceUnavailable, "waiting", "broker: Local: Broker transport failure");
        part.WaitingFor = null;
        await ExpectAsync(http, "/health/ready", HttpStatusCode.OK, "ok");

        using var stuck = app.Services.GetRequiredService<LoopHeartbeat>().Register("train", TimeSpan.FromMilliseconds(1));
        await Task.Delay(50, Ct);
        await ExpectAsync(http, "/health/live", HttpStatusCode.ServiceUnavailable, "waiting", "train: silent for 0 s");
        Assert.Contains("# TYPE", await http.GetStringAsync("/metrics", Ct));
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task A_service_that_fails_stops_the_program_with_a_reason_and_an_exit_code()
    {
        using var log = new RememberedLog();
        var builder = Builder();
        builder.Logging.AddProvider(log);
        builder.Services.AddHostedService<Failing>();
        var code = await SslHost.GuardAsync(async () =>
        {
            await using var app = builder.Build();
            app.MapSslDefaults();
            await app.RunAsync(Ct);
        });
        Assert.Equal(1, code);
        Assert.Single(log.Lines, line => line.Contains("Failing cannot go on: the disk is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_fails_in_parallel_is_named_by_its_cause()
    {
        var before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            Assert.Equal(1, await SslHost.GuardAsync(() =>
                throw new AggregateException(new InvalidDataException("a.wav: not audio"), new IOException("later"))));
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Equal("ssl: a.wav: not audio", errors.ToString().Trim());
        await Assert.ThrowsAsync<AggregateException>(() =>
            SslHost.GuardAsync(() => throw new AggregateException(new NotSupportedException("a fault of ours"))));
    }

    [Theory]
    [InlineData("--Registry:KeepVersion=3", 2, "did you mean KeepVersions?")]
    [InlineData("--Kafka:SaslMechanisn=PLAIN", 2, "sasl.mechanism")]
    [InlineData("--Urls=http://127.0.0.1:TAKEN", 1, "address already in use")]
    public async Task A_program_that_cannot_start_says_why_in_one_line(string argument, int expectedCode, string expected)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        argument = argument.Replace("TAKEN", $"{((IPEndPoint)taken.LocalEndpoint).Port}", StringComparison.Ordinal);
        var before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            var code = await SslHost.GuardAsync(async () =>
            {
                await using var app = Builder(argument).Build();
                await app.RunAsync(Ct);
            });
            Assert.Equal(expectedCode, code);
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.StartsWith("ssl: ", errors.ToString());
        Assert.Contains(expected, errors.ToString());
        Assert.Single(errors.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void Settings_come_from_the_file_where_one_stands_then_the_environment_then_the_command_line()
    {
        const string variable = "Registry__KeepVersions";
        var before = Directory.GetCurrentDirectory();
        File.WriteAllText(folder.File("appsettings.json"),
            """{ "Registry": { "KeepVersions": 3, "Path": "from file" }, "Urls": "http://localhost:5" }""");
        Directory.SetCurrentDirectory(folder.Path);
        Environment.SetEnvironmentVariable(variable, "4");
        try
        {
            var configuration = SslHost.CreateBuilder(["--Registry:Path=from the line"], 1).Configuration;
            Assert.Equal(("4", "from the line", "http://localhost:5"),
                (configuration["Registry:KeepVersions"], configuration["Registry:Path"], configuration["Urls"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
            Directory.SetCurrentDirectory(before);
        }
    }

    async Task ExpectAsync(HttpClient http, string path, HttpStatusCode code, string status, params string[] problems)
    {
        using var answer = await http.GetAsync(path, Ct);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(code, answer.StatusCode);
        Assert.Equal(status, json.RootElement.GetProperty("status").GetString());
        Assert.Equal(problems, json.RootElement.GetProperty("problems").EnumerateArray().Select(p => p.GetString()));
    }
}
