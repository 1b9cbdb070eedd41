using System.Text;
using Amazon.Runtime;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Registry.Stores;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>The registry on a real S3 server, also one that stalls, lies about lengths or is away.</summary>
public sealed class S3RegistryTests : RegistryRules, IAsyncLifetime
{
    readonly TemporaryFolder cache = new();
    S3Server server = null!;
    string bucket = null!;
    FaultyProxy proxy = null!;
    int opened;

    public async ValueTask InitializeAsync()
    {
        server = await S3Server.StartAsync(TestContext.Current.CancellationToken);
        bucket = server.Bucket("models");
        proxy = FaultyProxy.Start(server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
        cache.Dispose();
    }

    /// <summary>Each opens it as another machine would: with a cache of its own.</summary>
    private protected override IRegistryStore OpenStore() => OpenStore(server.Address, cache.File($"{Interlocked.Increment(ref opened)}"));

    private protected override bool IsEmpty(string parent) => OpenStore().List(parent).Count == 0;

    static S3Store OpenStore(Uri endpoint, string cachePath)
    {
        Assert.True(S3Address.TryParse("s3://models/team", $"{endpoint}", "us-east-1", out var address));
        var credentials = new BasicAWSCredentials(S3Server.Key, S3Server.Secret);
        return new S3Store(new S3Bucket(address, credentials, TimeProvider.System, stallLimit: TimeSpan.FromSeconds(1)), cachePath);
    }

    [Fact]
    public void A_writer_that_wakes_up_between_its_claim_and_its_manifest_publishes_nothing()
    {
        var store = OpenStore();
        using var work = store.Begin("encoders", "learner@1-");
        WriteFiles(work.Path);
        File.WriteAllText(Path.Combine(work.Path, "manifest.json"), "{}");
        Assert.Throws<IOException>(() => work.TryPublish("000001", confirm: () =>
            OpenStore().Abandon("encoders", mark => mark.StartsWith("learner@1-", StringComparison.Ordinal))));
        Assert.Null(OpenStore().Open("encoders", "000001"));
        Assert.Null(OpenStore().ReadFile("encoders", "000001", "config.json"));
    }

    [Fact]
    public void Of_eight_that_set_a_document_one_wins()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var token = OpenStore().Read("aliases.json")?.Token;
            var won = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8)
                .Select(i => OpenStore().CompareAndSet("aliases.json", Encoding.UTF8.GetBytes($"{attempt} {i}"), token)).ToArray();
            Assert.Single(won, true);
        }
    }

    [Fact]
    public void A_version_that_was_opened_is_not_downloaded_again_and_a_damaged_one_is_refused()
    {
        var registry = Open();
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("learner"), WriteFiles);
        Assert.NotNull(registry.Open(ModelKind.Encoder, 1, out _));
        var weights = Path.Combine(bucket, "team", "encoders", "000001", "model.safetensors");
        File.WriteAllBytes(weights, new byte[999]);
        Assert.NotNull(registry.Open(ModelKind.Encoder, 1, out _)); // of this machine's cache
        Assert.Null(Open().Open(ModelKind.Encoder, 1, out var reason));
        Assert.Contains("its manifest says", reason);
        File.WriteAllBytes(weights, new byte[1000]);
        Assert.NotNull(Open().Open(ModelKind.Encoder, 1, out reason));
    }

    [Fact]
    public void A_manifest_that_names_files_elsewhere_is_refused_and_nothing_is_written_outside_the_cache()
    {
        var registry = Open();
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("learner"), WriteFiles);
        Assert.True(S3Address.TryParse("s3://models/team", $"{server.Address}", "us-east-1", out var address));
        using var objects = new S3Bucket(address, new BasicAWSCredentials(S3Server.Key, S3Server.Secret), TimeProvider.System);
        const string manifest = "encoders/000001/manifest.json";
        var published = objects.Get(manifest)!;
        var json = System.Text.Json.Nodes.JsonNode.Parse(published.Content)!;
        var files = json["files"]!.AsObject();
        var hash = (string)files["config.json"]!;
        foreach (var vector in Traversals.All.Where(v => v.Contains('/', StringComparison.Ordinal))) // the others are plain names
            files[vector] = hash;
        files["odd-hash"] = "../../outside";
        Assert.True(objects.Put(manifest, Encoding.UTF8.GetBytes(json.ToJsonString()), published.Token));
        using var outside = new TemporaryFolder();
        var store = OpenStore(server.Address, outside.File("a/b/cache"));
        var reader = new ModelRegistry(store, new RegistryOptions(), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ModelRegistry>.Instance);
        Assert.Null(reader.Open(ModelKind.Encoder, 1, out var reason));
        Assert.Contains("its manifest names the file", reason);
        Assert.Equal([outside.File("a/b/cache/encoders/000001/config.json"), outside.File("a/b/cache/encoders/000001/manifest.json"),
            outside.File("a/b/cache/encoders/000001/model.safetensors")],
            Directory.EnumerateFiles(outside.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FaultyProxy.Fault.CutShort)]
    [InlineData(FaultyProxy.Fault.Stalled)]
    [InlineData(FaultyProxy.Fault.Away)]
    public async Task A_download_that_breaks_is_continued(FaultyProxy.Fault fault)
    {
        var ct = TestContext.Current.CancellationToken;
        var weights = new byte[3_000_000];
        Random.Shared.NextBytes(weights);
        var registry = Open();
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("learner"),
            path => File.WriteAllBytes(Path.Combine(path, "model.safetensors"), weights));
        proxy.Break(fault, afterBytes: 1_000_000, times: 2);
        var store = OpenStore(proxy.Address, cache.File("faulty"));
        var path = await Task.Run(() => store.Open("encoders", "000001"), ct);
        Assert.Equal(weights, await File.ReadAllBytesAsync(Path.Combine(path!, "model.safetensors"), ct));
        Assert.True(proxy.Broken == 2, $"{proxy.Broken} connections broke");
        if (fault != FaultyProxy.Fault.Away)
            Assert.True(proxy.Passed < 4_000_000, $"{proxy.Passed} bytes passed: it began anew each time");
    }
}
