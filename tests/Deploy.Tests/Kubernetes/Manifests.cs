using k8s;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests.Kubernetes;

/// <summary>
/// Reads manifests strictly: a field that a kind does not have is an error, for Kubernetes' own kinds by the types that its client has
/// from the API's contract, for KEDA's, the Prometheus operator's and kustomize's by the fields that we use.
/// </summary>
static class Manifests
{
    static readonly Dictionary<string, Type> CustomKinds = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
        ["kustomize.config.k8s.io/v1alpha1/Component"] = typeof(Kustomization),
    };

    public static string Folder { get; } = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "kubernetes");

    /// <exception cref="YamlDotNet.Core.YamlException">Something is no field of its kind, twice there, or of the wrong type.</exception>
    /// <exception cref="KeyNotFoundException">No kind has this name in this version of the API.</exception>
    public static IReadOnlyList<object> Read(string yaml) => KubernetesYaml.LoadAllFromString(yaml, CustomKinds, strict: true);
}
