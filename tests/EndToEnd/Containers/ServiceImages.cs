using Ssl.TestKit;

namespace Ssl.EndToEnd.Containers;

/// <summary>
/// The images of the services, built by <c>deploy/images/build.sh</c> under a tag of their own, and stand-ins for those of Kafka and
/// Prometheus. All of them are removed in the end.
/// </summary>
public sealed class ServiceImages : IAsyncLifetime
{
    public const string Collection = "Containers";
    const string KafkaStandIn = "ssl-test-kafka";
    const string PrometheusStandIn = "ssl-test-prometheus";
    internal const string CudaStandIn = "ssl-test-cuda";
    static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(12);
    static readonly TimeSpan StandInLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan KafkaLimit = TimeSpan.FromMinutes(8); // it installs Java
    static readonly string[] StandIns = [KafkaStandIn, PrometheusStandIn, CudaStandIn];
    static readonly string[] Names = [.. StandIns, "ssl-transcriber", "ssl-learner", "ssl-ingest", "ssl-torch", "ssl-base"];
    static readonly string Sources = Path.Combine(SharedFolder.RepositoryRoot, "tests", "EndToEnd", "Containers");

    internal static readonly string Script = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "images", "build.sh");

    /// <summary>Tag of images that <c>make images</c> has built already; none: the test builds and removes its own.</summary>
    static readonly string? Built = Environment.GetEnvironmentVariable("SSL_TEST_IMAGES_TAG");

    readonly string tag = Built ?? $"test-{Guid.NewGuid().ToString("N")[..8]}";
    string? missing;

    /// <summary>Apache Kafka's image (<c>KAFKA_IMAGE</c>), or what stands in for it.</summary>
    public string Kafka => Environment.GetEnvironmentVariable("KAFKA_IMAGE") ?? this[KafkaStandIn];

    /// <summary>Likewise of Prometheus (<c>PROMETHEUS_IMAGE</c>).</summary>
    public string Prometheus => Environment.GetEnvironmentVariable("PROMETHEUS_IMAGE") ?? this[PrometheusStandIn];

    public string this[string name] => $"localhost/{name}:{tag}";

    public async ValueTask InitializeAsync()
    {
        missing = await ContainerEngine.WhatIsMissingAsync();
        if (missing is not null || Built is not null)
            return;
        try
        {
            await ContainerEngine.RunAsync(Script, ["cpu"], BuildLimit, new Dictionary<string, string?>
            {
                ["BUILDER"] = "buildah",
                ["BASE"] = ContainerEngine.BaseImage,
                ["PULL"] = "--pull-never",
                ["TAG"] = tag,
                ["MSBUILDDISABLENODEREUSE"] = "1", // no process of the build outlives it with its output open
                ["UseSharedCompilation"] = "false",
            });
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips the test where no container starts.</summary>
    public void Require() => Assert.SkipWhen(missing is not null, missing ?? "");

    /// <summary>Kafka and Prometheus for <c>compose.yaml</c> where no image is named; skips the test where there is no Kafka.</summary>
    public async Task BuildStandInsAsync()
    {
        if (Kafka == this[KafkaStandIn])
            await BuildAsync(KafkaLimit, "kafka.Containerfile", Kafka, Path.GetDirectoryName(SharedFolder.KafkaScript())!,
                "--build-context", $"scripts={Sources}");
        if (Prometheus == this[PrometheusStandIn])
            await BuildAsync(StandInLimit, "prometheus.Containerfile", Prometheus, Sources);
    }

    /// <summary>Builds one image on that of Debian.</summary>
    internal static Task BuildAsync(TimeSpan limit, string file, string image, string context, params string[] options) =>
        ContainerEngine.RunAsync(
            "buildah",
            ["build", "--format", "docker", "--pull-never", "--build-arg", $"BASE={ContainerEngine.BaseImage}", .. options,
                "-f", Path.Combine(Sources, file), "-t", image, context],
            limit);

    public async ValueTask DisposeAsync()
    {
        var own = Built is null ? Names : StandIns;
        if (missing is null)
            await ContainerEngine.TryAsync("podman", ["rmi", .. own.Select(name => this[name])], BuildLimit);
    }
}

/// <summary>Alone on the machine's cores, after all other tests.</summary>
[CollectionDefinition(ServiceImages.Collection, DisableParallelization = true)]
public sealed class ContainersCollection : ICollectionFixture<ServiceImages>;
