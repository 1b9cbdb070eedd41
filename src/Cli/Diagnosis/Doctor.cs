using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration.Memory;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Diagnosis;

/// <summary>Looks at everything that the services need on this machine; each check has a time limit and none ends the others.</summary>
/// <param name="settings">As on the command line of a service.</param>
/// <param name="server">Where the service answers, if it runs.</param>
sealed class Doctor(DataFolder data, string[] settings, Uri server)
{
    const string SettingsRemedy = "correct it; `ssl settings` lists every setting";
    static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(30);

    /// <summary>Findings as they come. libtorch is last: one that does not fit the machine can end the process.</summary>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        [EnumeratorCancellation] CancellationToken ct)
    {
        if (Configure(out var problem) is not { } configuration)
        {
            yield return problem!;
            yield break;
        }
        (string Name, Func<CancellationToken, Task<IReadOnlyList<Finding>>> Look)[] checks =
        [
            ("settings", _ => Task.FromResult(CheckSettings())),
            ("machine", _ => Task.Run(MachineChecks.Look, ct)),
            ("audio", _ => Task.Run(LibraryChecks.Audio, ct)),
            ("broker", stop => new BrokerChecks(configuration, data).LookAsync(stop)),
            ("registry", _ => Task.Run(() => RegistryChecks.Look(configuration), ct)),
            ("disk", _ => Task.Run(() => DiskChecks.Look(configuration), ct)),
            ("labels", _ => Task.Run(() => LabelChecks.Look(configuration), ct)),
            ("service", stop => ServiceCheck.LookAsync(server, stop)),
            ("libtorch", _ => Task.Run(() => LibraryChecks.Torch(configuration), ct)),
        ];
        foreach (var (name, look) in checks)
        {
            foreach (var finding in await GuardedAsync(name, look, ct))
                yield return finding;
        }
    }

    static async Task<IReadOnlyList<Finding>> GuardedAsync(
        string name, Func<CancellationToken, Task<IReadOnlyList<Finding>>> look, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CheckLimit);
        try
        {
            return await look(limit.Token).WaitAsync(CheckLimit, ct);
        }
        catch (InvalidSettingException e)
        {
            return [Finding.Fault(name, e.Message, SettingsRemedy)];
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is TimeoutException or OperationCanceledException)
        {
            return [Finding.Fault(name, $"no answer within {CheckLimit.TotalSeconds:0} s", "look for a disk or a network that hangs")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or KafkaException)
        {
            return [Finding.Fault(name, e.Message, "see docs/operations.md, \"When a program does not start\"")];
        }
    }

    /// <summary>The settings of <c>ssl up</c>: file, environment, command line, and the places in its data folder.</summary>
    ConfigurationManager? Configure(out Finding? problem)
    {
        try
        {
            problem = null;
            var configuration = SslHost.CreateBuilder(settings, defaultPort: 0).Configuration;
            ((IConfigurationBuilder)configuration).Sources.Insert(0,
                new MemoryConfigurationSource { InitialData = data.Places });
            return configuration;
        }
        catch (Exception e) when (e is InvalidSettingException or InvalidDataException)
        {
            problem = Finding.Fault("settings", e.InnerException is null ? e.Message : $"{e.Message} {e.GetBaseException().Message}",
                $"{SettingsRemedy}; nothing else was looked at");
            return null;
        }
    }

    /// <summary>All that the services would refuse at their start.</summary>
    IReadOnlyList<Finding> CheckSettings()
    {
        var builder = SslHost.CreateBuilder(settings, defaultPort: 0);
        if (string.IsNullOrEmpty(builder.Configuration["Kafka:BootstrapServers"]))
            builder.Configuration["Kafka:BootstrapServers"] = "localhost:9092"; // `ssl up` has a broker of its own; no connection is made
        StreetHost.AddServices(builder);
        return [Finding.Ok("settings", "every setting is known and in its range")];
    }
}
