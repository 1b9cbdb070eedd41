using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>A backup is taken while everything runs, and an empty machine goes on from it.</summary>
public sealed class BackupTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task An_empty_machine_serves_the_champion_of_the_backup_and_has_its_labels()
    {
        await ZipFile.ExtractToDirectoryAsync(EarlierDataTests.Archive, folder.File("running"), limit.Token);
        var heard = Path.Combine(folder.File("running"), "heard.wav");
        (string, int) answer;
        int labels;
        await using (var up = await RunningStreet.StartAsync(Path.Combine(folder.File("running"), "data"), [], limit.Token))
        {
            await up.UntilAsync("training goes on", async () => await up.MetricAsync("ssl_learner_steps_total") > 2);
            (answer, labels) = (await up.TranscribeAsync(heard, "ssl"), await up.LabelsAsync());
            DocumentedBackup.Take(folder.File("running"));
        }
        DocumentedBackup.Restore(folder.File("running"), folder.File("empty"));
        await using var restored = await RunningStreet.StartAsync(Path.Combine(folder.File("empty"), "data"), [], limit.Token);
        Assert.Equal(answer, await restored.TranscribeAsync(heard, "ssl"));
        await restored.UntilAsync("the labels are read", async () => await restored.LabelsAsync() == labels);
        Assert.Equal(LabelFiles("running"), LabelFiles("empty"));
    }

    [Fact]
    public void The_champion_of_a_backup_is_in_it_also_where_another_is_promoted_meanwhile()
    {
        var data = Path.Combine(folder.File("running"), "data");
        Directory.CreateDirectory(Path.Combine(data, "transcriber", "labels"));
        var registry = Registry(data);
        var epoch = registry.AcquireEpoch("transcriber");
        Publish(registry, epoch);
        DocumentedBackup.Take(folder.File("running"), afterEach: () => Publish(registry, epoch));
        DocumentedBackup.Restore(folder.File("running"), folder.File("empty"));
        var restored = Registry(Path.Combine(folder.File("empty"), "data"));
        var number = restored.Aliases()[ModelId.Champion].Number;
        Assert.InRange(number, 1, registry.Aliases()[ModelId.Champion].Number - 1);
        Assert.True(restored.Open(ModelKind.Recognizer, number, out var reason) is not null, reason);
    }

    IEnumerable<string> LabelFiles(string machine)
    {
        var files = new DirectoryInfo(Path.Combine(folder.File(machine), "data", "transcriber", "labels")).GetFiles();
        Assert.NotEmpty(files);
        return files.Select(file => $"{file.Name}: {file.Length}").Order(StringComparer.Ordinal);
    }

    static ModelRegistry Registry(string data) => new(
        new RegistryOptions { Path = Path.Combine(data, "registry") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    static void Publish(ModelRegistry registry, WriterEpoch epoch)
    {
        var draft = new ManifestDraft { Health = ModelHealth.Healthy };
        var version = registry.Publish(ModelKind.Recognizer, draft, epoch, path =>
            File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
        Assert.Null(new Champion(registry).Promote(version.Number, epoch, "it is newer"));
    }
}
