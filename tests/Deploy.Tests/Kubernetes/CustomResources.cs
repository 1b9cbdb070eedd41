using k8s.Models;

namespace Ssl.Deploy.Tests.Kubernetes;

/// <summary>KEDA's ScaledObject (keda.sh/v1alpha1): the fields of its reference that the manifests use.</summary>
public sealed class ScaledObject
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public ScaledObjectSpec Spec { get; set; } = new();
}

public sealed class ScaledObjectSpec
{
    public ScaleTarget ScaleTargetRef { get; set; } = new();
    public int? MinReplicaCount { get; set; }
    public int? MaxReplicaCount { get; set; }
    public IList<ScaleTrigger> Triggers { get; set; } = [];
}

public sealed class ScaleTarget
{
    public string Name { get; set; } = "";
}

public sealed class ScaleTrigger
{
    public string Type { get; set; } = "";
    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();
}

/// <summary>The Prometheus operator's PodMonitor (monitoring.coreos.com/v1): likewise.</summary>
public sealed class PodMonitor
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public PodMonitorSpec Spec { get; set; } = new();
}

public sealed class PodMonitorSpec
{
    public string? JobLabel { get; set; }
    public V1LabelSelector Selector { get; set; } = new();
    public IList<PodMetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
}

public sealed class PodMetricsEndpoint
{
    public string Port { get; set; } = "";
    public string? Path { get; set; }
    public string? Interval { get; set; }
    public IList<Relabeling> Relabelings { get; set; } = [];
}

public sealed class Relabeling
{
    public IList<string> SourceLabels { get; set; } = [];
    public string? Regex { get; set; }
    public string? TargetLabel { get; set; }
    public string? Replacement { get; set; }
}

/// <summary>kustomize's Kustomization and Component: likewise.</summary>
public sealed class Kustomization
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public string? Namespace { get; set; }
    public IList<string> Resources { get; set; } = [];
    public IList<KustomizeLabels> Labels { get; set; } = [];
    public IList<KustomizeImage> Images { get; set; } = [];
    public IList<KustomizePatch> Patches { get; set; } = [];
}

public sealed class KustomizeLabels
{
    public IDictionary<string, string> Pairs { get; set; } = new Dictionary<string, string>();
}

public sealed class KustomizeImage
{
    public string Name { get; set; } = "";
    public string? NewTag { get; set; }
}

public sealed class KustomizePatch
{
    public PatchTarget Target { get; set; } = new();
    public string Patch { get; set; } = "";
}

public sealed class PatchTarget
{
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
}
