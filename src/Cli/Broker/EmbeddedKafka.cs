using System.Runtime.InteropServices;
using System.Text;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Cli.Broker;

/// <summary>
/// A Kafka for trying things out and for tests: librdkafka's mock cluster (rdkafka_mock.h), hosted in this process. It speaks the protocol over
/// TCP on loopback, but keeps only 5 MB a partition, in memory; it has no topic administration, compaction or transactions.
/// </summary>
public sealed unsafe class EmbeddedKafka : IDisposable
{
    const int ProducerType = 0;
    const int Brokers = 1;
    const int AudioPartitions = 4;
    const int ErrorTextBytes = 512;
    const int FirstBroker = 1;
    const int GroupDelayMilliseconds = 300; // the default is 3 s, as on a real broker, for members that start one after the other

    readonly MockLibrary library;
    readonly nint handle;
    readonly nint cluster;
    bool disposed;

    EmbeddedKafka(MockLibrary library, nint handle, nint cluster)
    {
        (this.library, this.handle, this.cluster) = (library, handle, cluster);
        BootstrapServers = Marshal.PtrToStringUTF8(library.Bootstraps(cluster))!;
    }

    public string BootstrapServers { get; }

    /// <summary>Starts it with this system's topics.</summary>
    /// <exception cref="InvalidOperationException">librdkafka could not be loaded or refused.</exception>
    public static EmbeddedKafka Start()
    {
        var library = MockLibrary.Load();
        var error = stackalloc byte[ErrorTextBytes];
        var handle = library.New(ProducerType, library.NewConfiguration(), error, ErrorTextBytes);
        if (handle == 0)
            throw new InvalidOperationException($"librdkafka: {Marshal.PtrToStringUTF8((nint)error)}");
        var cluster = library.NewCluster(handle, Brokers);
        if (cluster == 0)
            throw new InvalidOperationException("librdkafka could not start its mock cluster");
        library.SetGroupDelay(cluster, GroupDelayMilliseconds);
        foreach (var (topic, partitions) in Partitions())
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(topic + '\0'))
                library.CreateTopic(cluster, name, partitions, Brokers);
        }
        return new EmbeddedKafka(library, handle, cluster);
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        library.DestroyCluster(cluster);
        library.Destroy(handle);
    }

    /// <summary>Refuses connections until <see cref="Up"/>; what it holds stays.</summary>
    internal void Down() => library.SetBrokerDown(cluster, FirstBroker);

    internal void Up() => library.SetBrokerUp(cluster, FirstBroker);

    static IEnumerable<(string Topic, int Partitions)> Partitions() =>
    [
        (Topics.AudioRaw, AudioPartitions), (Topics.AudioRawDeadLetters, 1), (Topics.AudioStreams, 1), (Topics.AudioSegments, AudioPartitions), (Topics.AudioLabeled, 1),
        (Topics.Encoders, 1), (Topics.Recognizers, 1), (Topics.Transcripts, AudioPartitions),
    ];
}
