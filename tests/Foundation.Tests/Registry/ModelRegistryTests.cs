using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ModelRegistry Open() =>
        new(new RegistryOptions { Path = folder.Path, KeepVersions = 3 }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    static void WriteFiles(string path)
    {
        File.WriteAllText(Path.Combine(path, "config.json"), "{}");
        File.WriteAllBytes(Path.Combine(path, "model.safetensors"), new byte[1000]);
    }

    [Fact]
    public void Numbers_grow_and_a_version_is_found_as_it_was_published()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("learner");
        var first = registry.Publish(ModelKind.Encoder, new ManifestDraft { Steps = 7, Health = "healthy" }, epoch, WriteFiles);
        var second = registry.Publish(ModelKind.Encoder, new ManifestDraft { Parent = first.Number }, epoch, WriteFiles);
        Assert.Equal([1, 2], [first.Number, second.Number]);
        var opened = Open().Open(ModelKind.Encoder, 1, out var reason);
        Assert.True(opened is not null, reason);
        Assert.Equal(7, opened.Manifest.Steps);
        Assert.Equal(["config.json", "model.safetensors"], opened.Manifest.Files.Keys.Order());
    }

    [Fact]
    public void A_writer_that_fails_halfway_leaves_nothing()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("learner");
        Assert.Throws<InvalidOperationException>(() => registry.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, path =>
        {
            WriteFiles(path);
            throw new InvalidOperationException("disk full");
        }));
        Assert.Empty(registry.List(ModelKind.Encoder));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "encoders")));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("delete")]
    [InlineData("manifest")]
    [InlineData("stray")]
    public void A_version_that_is_not_what_was_published_is_refused(string damage)
    {
        var registry = Open();
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("learner"), WriteFiles);
        var name = damage switch { "manifest" => "manifest.json", "stray" => "lm.arpa", _ => "model.safetensors" };
        var file = Path.Combine(folder.Path, "encoders", "000001", name);
        if (damage is "stray")
            File.WriteAllBytes(file, new byte[10]);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        if (damage is "flip")
            File.WriteAllBytes(file, bytes);
        else if (damage is "truncate" or "manifest")
            File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        else if (damage is "delete")
            File.Delete(file);
        Assert.Null(registry.Open(ModelKind.Encoder, 1, out var reason));
        Assert.Contains(file, reason);
    }

    [Fact]
    public void A_writer_that_was_overtaken_publishes_nothing_in_fifty_tries()
    {
        var (old, successor) = (Open(), Open());
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var stale = old.AcquireEpoch("transcriber");
            var current = successor.AcquireEpoch("transcriber");
            Assert.Throws<StaleEpochException>(() => old.Publish(ModelKind.Recognizer, new ManifestDraft(), stale, WriteFiles));
            Assert.Throws<StaleEpochException>(() => old.MoveAlias("champion", 1, stale, "late"));
            if (attempt == 49)
                successor.Publish(ModelKind.Recognizer, new ManifestDraft(), current, WriteFiles);
        }
        Assert.Single(old.List(ModelKind.Recognizer));
        Assert.Empty(old.Aliases());
    }

    [Fact]
    public async Task Writers_side_by_side_get_different_numbers()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
        {
            var registry = Open();
            return registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch($"writer{i}"), WriteFiles).Number;
        })));
        Assert.Equal([1, 2, 3, 4, 5, 6], numbers.Order());
    }

    [Fact]
    public void Old_versions_go_but_not_one_that_an_alias_names()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("transcriber");
        registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, WriteFiles);
        registry.MoveAlias("champion", 1, epoch, "first");
        for (var i = 0; i < 5; i++)
            registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, WriteFiles);
        Assert.Equal([1, 4, 5, 6], registry.List(ModelKind.Recognizer).Select(m => m.Number));
        Assert.Equal("first", registry.Aliases()["champion"].Why);
    }
}
