using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Cli.Broker;

/// <summary>
/// A Kafka for trials and tests: librdkafka's mock cluster (rdkafka_mock.h) in this process. It speaks the protocol over TCP on loopback,
/// but keeps only 5 MB a partition, in memory, and has no topic administration, compaction or transactions.
/// </summary>
public sealed class EmbeddedKafka : IDisposable
{
    const int ProducerType = 0;
    const int Broker = 1; // the only one
    const int AudioPartitions = 4;
    const int GroupDelayMilliseconds = 300; // instead of 3 s, in which a real broker waits for more members
    static readonly TimeSpan PortLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan PortPause = TimeSpan.FromMilliseconds(100);

    static readonly (string Name, int Partitions)[] AllTopics =
    [
        (Topics.AudioRaw, AudioPartitions), (Topics.AudioRawDeadLetters, 1), (Topics.AudioStreams, 1),
        (Topics.AudioSegments, AudioPartitions), (Topics.AudioSegmentsDeadLetters, 1), (Topics.AudioLabeled, 1),
        (Topics.Encoders, 1), (Topics.Recognizers, 1), (Topics.Control, 1), (Topics.Transcripts, AudioPartitions),
    ];

    readonly nint client;
    readonly nint cluster;

    EmbeddedKafka(nint client, nint cluster) => (this.client, this.cluster) = (client, cluster);

    public string BootstrapServers => Marshal.PtrToStringUTF8(MockLibrary.Bootstraps(cluster))!;

    /// <summary>Starts it with this system's topics.</summary>
    /// <exception cref="InvalidOperationException">librdkafka could not be loaded, or refused.</exception>
    public static EmbeddedKafka Start()
    {
        Span<byte> error = stackalloc byte[512];
        var configuration = MockLibrary.NewConfiguration();
        _ = MockLibrary.Set(configuration, "log_level", "3", error, (nuint)error.Length); // errors only: it connects to no broker
        var client = MockLibrary.NewClient(ProducerType, configuration, error, (nuint)error.Length);
        if (client == 0)
            throw new InvalidOperationException($"librdkafka: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        var cluster = MockLibrary.NewCluster(client, brokers: 1);
        if (cluster == 0)
            throw new InvalidOperationException("librdkafka could not start its mock cluster");
        MockLibrary.SetGroupDelay(cluster, GroupDelayMilliseconds);
        foreach (var (topic, partitions) in AllTopics)
            MockLibrary.CreateTopic(cluster, topic, partitions, replicas: 1);
        return new EmbeddedKafka(client, cluster);
    }

    public void Dispose()
    {
        MockLibrary.DestroyCluster(cluster);
        MockLibrary.DestroyClient(client);
    }

    /// <summary>Refuses connections until <see cref="Up"/>; keeps its messages.</summary>
    internal void Down() => _ = MockLibrary.SetBrokerDown(cluster, Broker);

    /// <exception cref="SocketException">Another socket has taken the port, and keeps it.</exception>
    internal void Up()
    {
        WaitForPort(int.Parse(BootstrapServers.Split(':')[^1], CultureInfo.InvariantCulture));
        _ = MockLibrary.SetBrokerUp(cluster, Broker);
    }

    /// <summary>librdkafka ends the process when it cannot bind the port again.</summary>
    static void WaitForPort(int port)
    {
        for (var started = Environment.TickCount64; ; Thread.Sleep(PortPause))
        {
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return;
            }
            catch (SocketException) when (Environment.TickCount64 - started < PortLimit.TotalMilliseconds)
            {
                // a connection that began meanwhile has it as its own port
            }
        }
    }
}
