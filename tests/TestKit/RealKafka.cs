using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace Ssl.TestKit;

/// <summary>A real Apache Kafka (KRaft, one node) on a free port of the loopback address, for the length of a test; skips the test where there is none.</summary>
public sealed class RealKafka : IAsyncDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    readonly string script;
    readonly int port;
    readonly TemporaryFolder folder = new();
    Process? broker;

    RealKafka(string script)
    {
        this.script = script;
        port = FreePortPair();
    }

    public string BootstrapServers => $"127.0.0.1:{port}";

    public static async Task<RealKafka> StartAsync()
    {
        var kafka = new RealKafka(SharedFolder.KafkaScript());
        await kafka.UpAsync();
        return kafka;
    }

    /// <summary>Starts the broker on its folder, again after <see cref="KillAsync"/>.</summary>
    public async Task UpAsync()
    {
        var start = new ProcessStartInfo(script, ["start", folder.File("kafka"), "--port", $"{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        broker = Process.Start(start)!;
        _ = broker.StandardOutput.ReadToEndAsync();
        var errors = broker.StandardError.ReadToEndAsync();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        var since = Stopwatch.StartNew();
        while (since.Elapsed < StartLimit)
        {
            if (broker.HasExited)
                throw new InvalidOperationException($"Kafka ended with {broker.ExitCode}: {await errors}");
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

    /// <summary>SIGKILL, by the process id that was started here.</summary>
    public async Task KillAsync()
    {
        broker!.Kill();
        await broker.WaitForExitAsync();
    }

    /// <summary>What a tool of Kafka's prints, e.g. <c>configs --describe --topic t</c>.</summary>
    public async Task<string> ToolAsync(params string[] arguments)
    {
        using var tool = Process.Start(new ProcessStartInfo(script, [arguments[0], "--bootstrap-server", BootstrapServers, .. arguments[1..]]) { RedirectStandardOutput = true })!;
        var output = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is { HasExited: false })
        {
            broker.Kill();
            await broker.WaitForExitAsync(new CancellationTokenSource(StopLimit).Token);
        }
        broker?.Dispose();
        folder.Dispose();
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
}
