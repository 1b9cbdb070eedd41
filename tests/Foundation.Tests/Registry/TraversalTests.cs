using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>Names that would lead out of the registry (S4).</summary>
public sealed class TraversalTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void There_are_three_hundred_vectors_and_none_of_them_names_a_version_or_a_line()
    {
        Assert.True(Traversals.All.Count >= 300, $"{Traversals.All.Count} vectors");
        Assert.All(Traversals.All, vector =>
        {
            Assert.Null(ModelId.Parse(vector));
            Assert.Null(ModelId.Parse("ssl@" + vector));
            Assert.Null(ModelId.Parse("ssl-" + vector));
            Assert.False(ModelId.IsLineName(vector), vector);
        });
    }

    [Fact]
    public void A_manifest_that_names_a_file_elsewhere_is_refused()
    {
        var registry = new ModelRegistry(new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System,
            NullLogger<ModelRegistry>.Instance);
        File.WriteAllText(folder.File("secret.txt"), Traversals.Secret);
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("test"), path =>
            File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
        var manifest = Path.Combine(folder.File("registry"), "encoders", "000001", "manifest.json");
        var json = JsonNode.Parse(File.ReadAllText(manifest))!;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder.File("secret.txt"))));
        foreach (var vector in Traversals.All)
        {
            json["files"]!.AsObject()[vector] = hash;
            File.WriteAllText(manifest, json.ToJsonString());
            Assert.Null(registry.Open(ModelKind.Encoder, 1, out var reason));
            Assert.True(reason.Contains("its manifest names the file", StringComparison.Ordinal)
                || reason.EndsWith("is missing", StringComparison.Ordinal), reason); // of a plain name, in the folder
            json["files"]!.AsObject().Remove(vector);
        }
        File.WriteAllText(manifest, json.ToJsonString());
        Assert.NotNull(registry.Open(ModelKind.Encoder, 1, out _));
    }

    [Theory]
    [InlineData("99999999999999999999")] // no number of a version
    [InlineData("000000")]
    [InlineData("-00001")]
    [InlineData("..0001")]
    public void A_folder_that_is_no_version_is_none(string name)
    {
        var registry = new ModelRegistry(
            new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        Directory.CreateDirectory(Path.Combine(folder.Path, "encoders", name));
        Assert.Empty(registry.List(ModelKind.Encoder));
        Assert.Equal(1, registry.Publish(ModelKind.Encoder, new ManifestDraft(), registry.AcquireEpoch("test"), path =>
            File.WriteAllText(Path.Combine(path, "config.json"), JsonSerializer.Serialize(name))).Number);
    }
}
