using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Ssl.Cli.Street;
using Ssl.Ingest;
using Ssl.Learner;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Transcriber;

namespace Ssl.Cli.Diagnosis;

/// <summary>
/// Looks at everything that the services of a role need on this machine; each check has a time limit and none ends the others.
/// </summary>
/// <param name="settings">As on the command line of a service.</param>
/// <param name="server">Where the service answers, if it runs.</param>
sealed class Doctor(DataFolder data, ServiceRole role, string[] settings, Uri server)
{
    const string Broker = "Kafka:BootstrapServers";
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
        (string Name, ServiceRole For, Func<CancellationToken, Task<IReadOnlyList<Finding>>> Look)[] checks =
        [
            ("settings", ServiceRole.All, _ => Task.FromResult(CheckSettings())),
            ("machine", ServiceRole.All, _ => Task.Run(() => MachineChecks.Look(role), ct)),
            ("audio", ServiceRole.Ingest | ServiceRole.Transcriber, _ => Task.Run(LibraryChecks.Audio, ct)), // segments are bare samples
            ("broker", ServiceRole.All, stop => new BrokerChecks(configuration, data, role).LookAsync(stop)),
            ("registry", ServiceRole.All, _ => Task.Run(() => RegistryChecks.Look(configuration, role), ct)), // /health/startup asks it
            ("disk", ServiceRole.Learner | ServiceRole.Transcriber, _ => Task.Run(() => DiskChecks.Look(configuration, role), ct)),
            ("labels", ServiceRole.Tune, _ => Task.Run(() => LabelChecks.Look(configuration), ct)),
            ("service", ServiceRole.All, stop => ServiceCheck.LookAsync(server, stop)),
            ("libtorch", ServiceRole.Learner | ServiceRole.Transcriber,
                _ => Task.Run(() => LibraryChecks.Torch(configuration, role), ct)),
        ];
        foreach (var (name, _, look) in checks.Where(check => (check.For & role) != 0))
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
    IConfiguration? Configure(out Finding? problem)
    {
        try
        {
            problem = null;
            return data.Configure(Settings);
        }
        catch (Exception e) when (e is InvalidSettingException or InvalidDataException)
        {
            problem = Finding.Fault("settings", e.InnerException is null ? e.Message : $"{e.Message} {e.GetBaseException().Message}",
                $"{SettingsRemedy}; nothing else was looked at");
            return null;
        }
    }

    /// <summary>A Transcriber looked at for one half is that half.</summary>
    string[] Settings => role is ServiceRole.Tune or ServiceRole.Serve
        ? [$"--{TranscriberOptions.Section}:{nameof(TranscriberOptions.Role)}={role}", .. settings] : settings;

    /// <summary>All that the services would refuse at their start.</summary>
    IReadOnlyList<Finding> CheckSettings()
    {
        var builder = SslHost.CreateBuilder(Settings, defaultPort: 0);
        if (string.IsNullOrEmpty(builder.Configuration[Broker]))
            builder.Configuration[Broker] = "localhost:9092"; // the check of the broker says that it is missing; no connection is made
        if (role.HasFlag(ServiceRole.Ingest))
            builder.AddIngest();
        if (role.HasFlag(ServiceRole.Learner))
            builder.AddLearner();
        if ((role & ServiceRole.Transcriber) != 0)
            builder.AddTranscriber();
        return [Finding.Ok("settings", "every setting is known and in its range")];
    }
}
