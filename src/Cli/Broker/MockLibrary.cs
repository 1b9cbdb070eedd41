using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Ssl.Cli.Broker;

/// <summary>
/// Functions of rdkafka_mock.h, from the librdkafka that Confluent.Kafka has loaded: it alone knows which of its builds fits the machine.
/// </summary>
static partial class MockLibrary
{
    const string Name = "librdkafka";
    const string LoadedFiles = "/proc/self/maps";

    static MockLibrary() => NativeLibrary.SetDllImportResolver(typeof(MockLibrary).Assembly, (_, _, _) => Load());

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();
    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Set(nint configuration, string name, string value, Span<byte> error, nuint errorBytes);
    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    public static partial nint NewClient(int type, nint configuration, Span<byte> error, nuint errorBytes);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewCluster(nint client, int brokers);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint Bootstraps(nint cluster);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void SetGroupDelay(nint cluster, int milliseconds);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int SetBrokerDown(nint cluster, int broker);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int SetBrokerUp(nint cluster, int broker);
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void DestroyCluster(nint cluster);
    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void DestroyClient(nint client);

    static nint Load()
    {
        _ = Library.Version; // loads librdkafka
        var files = File.ReadLines(LoadedFiles).Select(line => line[Math.Max(0, line.IndexOf('/'))..]);
        return NativeLibrary.Load(files.FirstOrDefault(file => Path.GetFileName(file).Contains(Name, StringComparison.Ordinal))
            ?? throw new InvalidOperationException("librdkafka is not loaded"));
    }
}
