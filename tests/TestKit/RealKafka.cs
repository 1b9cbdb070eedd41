using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Ssl.TestKit;

/// <summary>A real Apache Kafka (KRaft, one node) on a free loopback port during a test; skips the test where there is none.</summary>
public sealed partial class RealKafka : IAsyncDisposable
{
    const int Terminate = 15; // SIGTERM
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(60);

    readonly string script;
    readonly KafkaSecurity? security;
    readonly string[] settings;
    readonly int port;
    readonly TemporaryFolder folder = new();
    Process? broker;

    RealKafka(string script, KafkaSecurity? security, string[] settings)
    {
        (this.script, this.security, this.settings) = (script, security, settings);
        port = FreePortPair();
    }

    public string BootstrapServers => $"127.0.0.1:{port}";

    /// <param name="settings">Of the broker, as <c>key=value</c>.</param>
    public static Task<RealKafka> StartAsync(params string[] settings) => StartAsync(null, settings);

    /// <param name="security">The caller's to dispose, after the broker.</param>
    /// <param name="settings">Of the broker, as <c>key=value</c>.</param>
    public static async Task<RealKafka> StartAsync(KafkaSecurity? security, params string[] settings)
    {
        const int attempts = 3; // somebody else may take the port between looking and starting
        for (var attempt = 1; ; attempt++)
        {
            var kafka = new RealKafka(SharedFolder.KafkaScript(), security, settings);
            try
            {
                await kafka.UpAsync();
                return kafka;
            }
            catch (InvalidOperationException) when (attempt < attempts)
            {
                await kafka.DisposeAsync();
            }
            catch
            {
                await kafka.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts the broker on its folder, again after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    public async Task UpAsync()
    {
        string[] arguments = ["start", folder.File("kafka"), "--port", $"{port}", .. security?.StartArguments(port) ?? [],
            .. settings.SelectMany(s => new[] { "--set", s })];
        var start = new ProcessStartInfo(script, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        broker?.Dispose();
        broker = Process.Start(start)!;
        var output = Task.WhenAll(broker.StandardOutput.ReadToEndAsync(), broker.StandardError.ReadToEndAsync());
        using var admin = AdminClient();
        var since = Stopwatch.StartNew();
        while (since.Elapsed < StartLimit)
        {
            if (broker.HasExited)
                throw new InvalidOperationException($"Kafka ended with {broker.ExitCode}: {string.Join('\n', await output)}");
            try
            {
                if (admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0)
                    return;
            }
            catch (KafkaException)
            {
                await Task.Delay(200);
            }
        }
        throw new TimeoutException($"Kafka did not answer within {StartLimit.TotalSeconds:0} s");
    }

    /// <summary>A client with every right.</summary>
    public IAdminClient AdminClient()
    {
        var config = new AdminClientConfig(security?.SettingsOf(KafkaSecurity.Admin) ?? []) { BootstrapServers = BootstrapServers };
        return new AdminClientBuilder(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    /// <summary>SIGKILL, by the process id that was started here.</summary>
    public async Task KillAsync()
    {
        broker!.Kill();
        await ExitedAsync();
    }

    /// <summary>SIGTERM: a clean end.</summary>
    public async Task StopAsync()
    {
        _ = Signal(broker!.Id, Terminate);
        await ExitedAsync();
    }

    /// <summary>What a tool of Kafka's prints, e.g. <c>configs --describe --topic t</c>.</summary>
    public async Task<string> ToolAsync(params string[] arguments)
    {
        string[] all = [arguments[0], "--bootstrap-server", BootstrapServers, .. arguments[1..]];
        using var tool = Process.Start(new ProcessStartInfo(script, all) { RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(ToolLimit);
        try
        {
            var output = await tool.StandardOutput.ReadToEndAsync(limit.Token);
            await tool.WaitForExitAsync(limit.Token);
            return output;
        }
        catch (OperationCanceledException)
        {
            tool.Kill();
            throw new TimeoutException($"kafka {string.Join(' ', arguments)} did not end within {ToolLimit.TotalSeconds:0} s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is { HasExited: false })
            await KillAsync();
        broker?.Dispose();
        folder.Dispose();
    }

    async Task ExitedAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await broker!.WaitForExitAsync(limit.Token);
    }

    /// <summary>Two neighbouring ports: the broker's and its controller's.</summary>
    static int FreePortPair()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var candidate = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, candidate + 1);
                second.Start();
                return candidate;
            }
            catch (SocketException) when (attempt < 20)
            {
                // taken: try another pair
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
