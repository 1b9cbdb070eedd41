using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>Several writers, some of which die or wake up late.</summary>
public sealed class RegistryWritersTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Encoders => Path.Combine(folder.Path, "encoders");

    ModelRegistry Open() =>
        new(new RegistryOptions { Path = folder.Path, KeepVersions = 3 }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    static void WriteFiles(string path)
    {
        File.WriteAllText(Path.Combine(path, "config.json"), "{}");
        File.WriteAllBytes(Path.Combine(path, "model.safetensors"), new byte[1000]);
    }

    [Fact]
    public void What_a_killed_writer_left_is_neither_listed_nor_kept()
    {
        var registry = Open();
        var dead = registry.AcquireEpoch("learner");
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), dead, WriteFiles);
        var half = Directory.CreateDirectory(Path.Combine(Encoders, $".tmp-learner@{dead.Epoch}-0123")).FullName; // before the manifest
        WriteFiles(half);
        var whole = Directory.CreateDirectory(Path.Combine(Encoders, $".tmp-learner@{dead.Epoch}-4567")).FullName; // before the rename
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Encoders, "000001")))
            File.Copy(file, Path.Combine(whole, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(Encoders, ".tmp-89ab")); // killed while it removed an old version
        File.WriteAllText(Path.Combine(folder.Path, "aliases.json.0123.tmp"), "{");

        Assert.Equal([1], registry.List(ModelKind.Encoder).Select(m => m.Number));
        var epoch = Open().AcquireEpoch("learner");
        Assert.Equal(["000001"], Directory.EnumerateFileSystemEntries(Encoders).Select(Path.GetFileName));
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal(2, registry.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, WriteFiles).Number);
    }

    [Fact]
    public void A_damaged_manifest_hides_no_other_version()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("learner");
        for (var i = 0; i < 3; i++)
            registry.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, WriteFiles);
        var manifest = Path.Combine(Encoders, "000002", "manifest.json");
        var text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text[..text.IndexOf("\"files\"", StringComparison.Ordinal)] + "\"files\": null }");
        Assert.Equal([1, 3], registry.List(ModelKind.Encoder).Select(m => m.Number));
        Assert.Null(registry.Open(ModelKind.Encoder, 2, out var reason));
        Assert.Contains(manifest, reason);
    }

    [Fact]
    public async Task A_lock_that_another_process_holds_is_waited_for()
    {
        const string flock = "/usr/bin/flock";
        Assert.SkipUnless(File.Exists(flock), "needs flock(1) of util-linux");
        var registry = Open();
        registry.AcquireEpoch("learner");
        var ready = folder.File("ready");
        using var holder = Process.Start(flock, [Path.Combine(folder.Path, ".lock"), "sh", "-c", $"touch {ready}; sleep 1"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!File.Exists(ready))
            await Task.Delay(10, limit.Token);
        var waited = Stopwatch.StartNew();
        registry.AcquireEpoch("learner");
        Assert.True(waited.Elapsed > TimeSpan.FromMilliseconds(500), $"waited {waited.Elapsed}");
        await holder.WaitForExitAsync(limit.Token);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_a_wrong_setting()
    {
        File.WriteAllText(folder.File("file"), "");
        var refused = Assert.Throws<InvalidSettingException>(() =>
            new ModelRegistry(new RegistryOptions { Path = folder.File("file") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance));
        Assert.Contains("Registry:Path", refused.Message);
    }
}
