namespace Ssl.Deploy.Tests.Kubernetes;

public sealed class ManifestFilesTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Manifests.Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Path.GetRelativePath(Manifests.Folder, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_manifest_has_only_fields_of_its_kind(string file) =>
        Assert.NotEmpty(Manifests.Read(File.ReadAllText(Path.Combine(Manifests.Folder, file))));

    [Fact]
    public void Every_file_is_a_resource_of_its_kustomization()
    {
        foreach (var file in Directory.EnumerateFiles(Manifests.Folder, "kustomization.yaml", SearchOption.AllDirectories))
        {
            var beside = Directory.EnumerateFiles(Path.GetDirectoryName(file)!).Select(path => Path.GetFileName(path)!);
            var named = Manifests.Read(File.ReadAllText(file)).OfType<Kustomization>().SelectMany(k => k.Resources);
            Assert.Equal(beside.Where(name => name != "kustomization.yaml").Order(), named.Order());
        }
    }

    /// <summary>The reader itself: what it must refuse, or the test above finds nothing.</summary>
    [Theory]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec: { replica: 2 }")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec: { replicas: two }")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n  replicas: 1\n  replicas: 2")]
    [InlineData("apiVersion: apps/v2\nkind: Deployment\nmetadata: { name: x }")]
    [InlineData("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: x }\nspec: { minReplicas: 1 }")]
    public void A_faulty_manifest_is_refused(string yaml) => Assert.ThrowsAny<Exception>(() => Manifests.Read(yaml));
}
