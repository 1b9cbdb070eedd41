using System.Globalization;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.EndToEnd.Containers;

/// <summary>What <c>make images</c> builds.</summary>
[Collection(ServiceImages.Collection)]
public sealed class ServiceImagesTests(ServiceImages images) : IDisposable
{
    const int SharedLayers = 3; // Debian, what services need of it, libtorch
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    static readonly string[] Restrictions = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ssl-ingest")]
    [InlineData("ssl-learner")]
    [InlineData("ssl-transcriber")]
    public async Task A_service_has_no_rights_writes_only_its_data_and_carries_no_package_cache(string name)
    {
        images.Require();
        const string look = "id -u; for f in /x /app/x /opt/x /usr/x /registry/x /data/x; do touch $f 2>/dev/null && echo $f; done; "
            + "find /var/cache/apt /var/lib/apt/lists /root/.nuget /data/.nuget -type f 2>/dev/null";
        var found = await ContainerEngine.RunAsync(
            "podman", ["run", "--rm", .. Restrictions, "--entrypoint", "bash", images[name], "-c", look + "; true"], Limit);
        Assert.Equal(["10001", "/data/x"], found.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("ssl-ingest")]
    [InlineData("ssl-learner")]
    [InlineData("ssl-transcriber")]
    public async Task A_service_that_is_not_told_its_broker_says_so(string name)
    {
        images.Require();
        var ended = await ContainerEngine.TryAsync("podman", ["run", "--rm", .. Restrictions, images[name]], Limit);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("Kafka:BootstrapServers", ended.StandardOutput + ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Libtorch_is_one_layer_of_learner_and_transcriber_and_no_part_of_either()
    {
        images.Require();
        var (learner, transcriber) = (await LayersAsync("ssl-learner"), await LayersAsync("ssl-transcriber"));
        Assert.Equal(learner[..SharedLayers], transcriber[..SharedLayers]);
        Assert.InRange(learner.Length, SharedLayers + 1, SharedLayers + 3); // buildah makes one of a file, docker one a line
        foreach (var name in new[] { "ssl-learner", "ssl-transcriber" })
            Assert.Equal("", await ContainerEngine.RunAsync("podman",
                ["run", "--rm", .. Restrictions, "--entrypoint", "find", images[name], "/app", "-name", "libtorch*"], Limit));
    }

    [Fact]
    public async Task The_documentation_names_the_size_and_the_image_its_health_check()
    {
        images.Require();
        var page = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"))
            .Where(line => line.StartsWith("| `ssl-", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(row => row[1].Trim('`'), row => int.Parse(row[2].Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.Equal(["ssl-ingest", "ssl-learner", "ssl-transcriber"], page.Keys.Order());
        foreach (var (name, documented) in page)
        {
            var megabytes = double.Parse(await InspectAsync(name, "{{.Size}}"), CultureInfo.InvariantCulture) / 1e6;
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {megabytes:0} MB");
            Assert.InRange(megabytes, documented * 0.9, documented * 1.1);
            Assert.Contains("healthy", await InspectAsync(name, "{{json .Config.Healthcheck}}"), StringComparison.Ordinal);
        }
    }

    /// <summary>CUDA's libtorch is not to be had here: its image is made of an empty folder.</summary>
    [Fact]
    public async Task An_image_with_CUDA_asks_the_container_runtime_for_GPUs()
    {
        images.Require();
        var image = images[ServiceImages.CudaStandIn];
        var file = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "images", "torch.Containerfile");
        await ServiceImages.BuildAsync(Limit, file, image, folder.Path, "--build-arg", "GPUS=all");
        var environment = await InspectAsync(ServiceImages.CudaStandIn, "{{json .Config.Env}}");
        await ContainerEngine.RunAsync("podman", ["rmi", image], Limit);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=all", environment, StringComparison.Ordinal);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=void", await InspectAsync("ssl-learner", "{{json .Config.Env}}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "no libtorch_cuda.so in ''", "cuda")]
    [InlineData(1, "no libtorch_cuda.so in 'nowhere'", "cuda", "nowhere")]
    [InlineData(2, "rocm is neither cpu nor cuda", "rocm")]
    public async Task A_wrong_argument_of_the_build_is_named(int exitCode, string message, params string[] arguments)
    {
        var build = await ContainerEngine.TryAsync(
            ServiceImages.Script, arguments, Limit, new Dictionary<string, string?> { ["BUILDER"] = "true" });
        Assert.Equal(exitCode, build.ExitCode);
        Assert.Contains(message, build.StandardError, StringComparison.Ordinal);
    }

    async Task<string[]> LayersAsync(string name) =>
        JsonSerializer.Deserialize<string[]>(await InspectAsync(name, "{{json .RootFS.Layers}}"))!;

    async Task<string> InspectAsync(string name, string format) =>
        (await ContainerEngine.RunAsync("podman", ["image", "inspect", "--format", format, images[name]], Limit)).Trim();
}
