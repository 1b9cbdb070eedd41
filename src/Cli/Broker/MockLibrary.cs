using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Ssl.Cli.Broker;

/// <summary>The functions of rdkafka_mock.h, taken from the librdkafka that Confluent.Kafka has loaded: which of its builds fits a machine, only it knows.</summary>
sealed unsafe class MockLibrary
{
    const string MapsFile = "/proc/self/maps";
    readonly nint library;

    MockLibrary(nint library) => this.library = library;

    /// <summary>A configuration of a client that only hosts the cluster: without a broker of its own it has nothing to say but errors.</summary>
    public nint NewConfiguration()
    {
        var configuration = ((delegate* unmanaged<nint>)Export("rd_kafka_conf_new"))();
        fixed (byte* name = "log_level\0"u8, value = "3\0"u8)
            _ = ((delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int>)Export("rd_kafka_conf_set"))(configuration, name, value, null, 0);
        return configuration;
    }

    public nint New(int type, nint configuration, byte* error, nuint errorBytes) =>
        ((delegate* unmanaged<int, nint, byte*, nuint, nint>)Export("rd_kafka_new"))(type, configuration, error, errorBytes);

    public nint NewCluster(nint handle, int brokers) => ((delegate* unmanaged<nint, int, nint>)Export("rd_kafka_mock_cluster_new"))(handle, brokers);

    public nint Bootstraps(nint cluster) => ((delegate* unmanaged<nint, nint>)Export("rd_kafka_mock_cluster_bootstraps"))(cluster);

    public int CreateTopic(nint cluster, byte* topic, int partitions, int replicas) =>
        ((delegate* unmanaged<nint, byte*, int, int, int>)Export("rd_kafka_mock_topic_create"))(cluster, topic, partitions, replicas);

    public void SetGroupDelay(nint cluster, int milliseconds) =>
        ((delegate* unmanaged<nint, int, void>)Export("rd_kafka_mock_group_initial_rebalance_delay_ms"))(cluster, milliseconds);

    public int SetBrokerDown(nint cluster, int broker) => ((delegate* unmanaged<nint, int, int>)Export("rd_kafka_mock_broker_set_down"))(cluster, broker);

    public int SetBrokerUp(nint cluster, int broker) => ((delegate* unmanaged<nint, int, int>)Export("rd_kafka_mock_broker_set_up"))(cluster, broker);

    public void DestroyCluster(nint cluster) => ((delegate* unmanaged<nint, void>)Export("rd_kafka_mock_cluster_destroy"))(cluster);

    public void Destroy(nint handle) => ((delegate* unmanaged<nint, void>)Export("rd_kafka_destroy"))(handle);

    public static MockLibrary Load()
    {
        _ = Library.Version; // loads librdkafka
        var path = File.ReadLines(MapsFile).Select(line => line[(line.IndexOf('/') is var slash and >= 0 ? slash : line.Length)..])
            .FirstOrDefault(file => Path.GetFileName(file).Contains("librdkafka", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("librdkafka is not loaded");
        return new MockLibrary(NativeLibrary.Load(path));
    }

    nint Export(string name) => NativeLibrary.GetExport(library, name);
}
