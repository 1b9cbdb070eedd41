using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Registry.Stores;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>What holds of a registry on every store.</summary>
public abstract class RegistryRules
{
    /// <summary>The store of one test, as another process would open it.</summary>
    private protected abstract IRegistryStore OpenStore();

    /// <summary>Whether nothing is left of versions and of what was begun.</summary>
    private protected abstract bool IsEmpty(string parent);

    private protected ModelRegistry Open(int keepVersions = 3) => new(
        OpenStore(), new RegistryOptions { KeepVersions = keepVersions }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    private protected static void WriteFiles(string path)
    {
        File.WriteAllText(Path.Combine(path, "config.json"), "{}");
        File.WriteAllBytes(Path.Combine(path, "model.safetensors"), new byte[1000]);
    }

    [Fact]
    public void A_writer_that_is_overtaken_while_it_writes_publishes_nothing_in_fifty_tries()
    {
        var (paused, successor) = (Open(), Open());
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var epoch = paused.AcquireEpoch("learner");
            Assert.Throws<StaleEpochException>(() => paused.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, path =>
            {
                File.WriteAllText(Path.Combine(path, "config.json"), "{}");
                successor.AcquireEpoch("learner"); // does not wait for the paused one
                if (attempt % 2 == 0)
                    File.WriteAllBytes(Path.Combine(path, "model.safetensors"), new byte[1000]); // its folder is gone
            }));
        }
        Assert.Empty(successor.List(ModelKind.Encoder));
        Assert.True(IsEmpty("encoders"));
    }

    [Fact]
    public void A_writer_does_not_end_the_turn_of_another_nor_remove_what_it_writes()
    {
        var (learner, other) = (Open(), Open());
        var published = learner.Publish(ModelKind.Encoder, new ManifestDraft(), learner.AcquireEpoch("learner"), path =>
        {
            WriteFiles(path);
            other.Publish(ModelKind.Encoder, new ManifestDraft(), other.AcquireEpoch("importer"), WriteFiles);
        });
        Assert.Equal(2, published.Number);
        Assert.NotNull(other.Open(ModelKind.Encoder, 2, out _));
    }

    [Fact]
    public async Task Of_many_that_promote_at_once_one_wins()
    {
        var registry = Open();
        var epoch = registry.AcquireEpoch("transcriber");
        registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, WriteFiles);
        var judged = registry.Aliases();
        var promoted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            new Champion(Open()).TryPromote(1, null, judged, epoch, $"{i}", out _))));
        Assert.Single(promoted, true);
        Assert.Single(OpenStore().Read("history.jsonl")!.Content, (byte)'\n');
    }

    [Fact]
    public async Task Eight_writers_of_one_role_and_of_eight_get_numbers_without_gaps()
    {
        var shared = Open().AcquireEpoch("shared");
        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            var registry = Open(keepVersions: 50);
            var own = registry.AcquireEpoch($"writer{i}");
            return Enumerable.Range(0, 4)
                .Select(n => registry.Publish(ModelKind.Encoder, new ManifestDraft(), n % 2 == 0 ? own : shared, WriteFiles).Number)
                .ToArray();
        })));
        Assert.Equal(Enumerable.Range(1, 32), numbers.SelectMany(n => n).Order());
        Assert.All(Enumerable.Range(1, 32), n => Assert.NotNull(Open().Open(ModelKind.Encoder, n, out _)));
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
        Assert.True(IsEmpty("encoders"));
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
