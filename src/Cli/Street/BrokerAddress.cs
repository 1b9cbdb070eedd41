using System.CommandLine;
using System.Text;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Street;

/// <summary>Address of the broker of a running <c>ssl up</c>, kept in its data folder: the embedded broker picks its port.</summary>
/// <param name="Embedded">It buffers only 5 MB a partition, so publishers wait for the readers.</param>
sealed record BrokerAddress(string BootstrapServers, bool Embedded)
{
    const string EmbeddedMark = "embedded ";

    public static Option<string?> Option() =>
        new("--bootstrap-servers") { Description = "the broker (default: that of the `ssl up` whose data folder this is)" };

    /// <summary>The given address, else that in the data folder.</summary>
    /// <exception cref="IOException">Neither is there.</exception>
    public static BrokerAddress Find(string? given, DataFolder data)
    {
        if (given is not null)
            return new BrokerAddress(given, Embedded: false);
        if (!File.Exists(data.BrokerAddress))
            throw new IOException($"no broker: `ssl up --data {data.Path}` is not running; start it, or give --bootstrap-servers");
        var line = File.ReadAllText(data.BrokerAddress).Trim();
        return line.StartsWith(EmbeddedMark, StringComparison.Ordinal) ? new(line[EmbeddedMark.Length..], true) : new(line, false);
    }

    public void Save(DataFolder data)
    {
        Directory.CreateDirectory(data.Path);
        AtomicFile.Write(data.BrokerAddress, Encoding.UTF8.GetBytes((Embedded ? EmbeddedMark : "") + BootstrapServers));
    }

    public static void Forget(DataFolder data) => File.Delete(data.BrokerAddress);

    public KafkaOptions ToOptions() => new() { BootstrapServers = BootstrapServers, Embedded = Embedded };
}
