using System.ComponentModel;
using CliWrap.Buffered;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Ssl.Ingest;
using Ssl.Learner;
using Ssl.TestKit;
using Ssl.Transcriber;

namespace Ssl.Deploy.Tests.Kubernetes;

/// <summary>The base with every component, as <c>kubectl kustomize</c> renders it; skipped where there is no kubectl.</summary>
public sealed class RenderedClusterTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    static readonly string[] Components = ["gpu", "keda", "monitoring"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_has_only_fields_of_its_kinds_and_every_reference_has_its_target()
    {
        var all = await RenderAsync();
        var pods = Pods(all);
        Assert.Equal(["ssl-ingest", "ssl-learner", "ssl-transcriber", "ssl-tuner"], pods.Keys.Order());

        Assert.All(all.OfType<V1Service>(), service => Assert.Contains(pods.Values, pod => Selects(service.Spec.Selector, pod)));
        Assert.All(all.OfType<V1PodDisruptionBudget>(), budget =>
            Assert.Single(pods.Values, pod => Selects(budget.Spec.Selector.MatchLabels, pod)));
        Assert.All(all.OfType<ScaledObject>(), scaled =>
            Assert.Contains(all.OfType<V1Deployment>(), deployment => deployment.Name() == scaled.Spec.ScaleTargetRef.Name));
        var monitor = Assert.Single(all.OfType<PodMonitor>());
        Assert.All(pods.Values, pod => Assert.True(Selects(monitor.Spec.Selector.MatchLabels, pod)));
        Assert.All(pods.Values, pod => Assert.Equal(
            monitor.Spec.PodMetricsEndpoints[0].Port, pod.Spec.Containers[0].Ports[0].Name));
        var claims = all.OfType<V1PersistentVolumeClaim>().Select(claim => claim.Name());
        var claimed = pods.Values.SelectMany(pod => pod.Spec.Volumes).Select(v => v.PersistentVolumeClaim?.ClaimName).OfType<string>();
        Assert.Subset(claims.ToHashSet(), claimed.ToHashSet());
        var network = Assert.Single(all.OfType<V1NetworkPolicy>(), policy => policy.Name() == "ssl-default");
        Assert.Equal(pods.Keys.Order(), network.Spec.PodSelector.MatchExpressions[0].Values.Order());
        Assert.Equal("1", pods["ssl-learner"].Spec.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
    }

    /// <summary>What an object would otherwise be created in: the user's current namespace.</summary>
    [Fact]
    public async Task Everything_is_in_the_namespace() => Assert.All(
        (await RenderAsync()).Where(o => o is not V1Namespace),
        o => Assert.Equal("ssl", (string)((dynamic)o).Metadata.NamespaceProperty));

    /// <summary>As the namespace's policy <c>restricted</c> demands it, and beyond it a read-only root.</summary>
    [Fact]
    public async Task A_pod_has_no_rights_and_is_probed()
    {
        foreach (var pod in Pods(await RenderAsync()).Values)
        {
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            var container = Assert.Single(pod.Spec.Containers);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
                probe => Assert.StartsWith("/health/", probe.HttpGet.Path, StringComparison.Ordinal));
            Assert.Subset(container.Resources.Limits.Keys.ToHashSet(), new HashSet<string> { "memory" });
            Assert.Equal(container.VolumeMounts.Select(m => m.Name).Order(),
                pod.Spec.Volumes.Select(v => v.Name).Concat(pod.Claims).Order());
        }
    }

    [Fact]
    public async Task A_service_accepts_its_settings()
    {
        var all = await RenderAsync();
        var shared = Assert.Single(all.OfType<V1ConfigMap>()).Data;
        foreach (var (name, pod) in Pods(all))
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            var own = pod.Spec.Containers[0].Env ?? [];
            builder.Configuration.AddInMemoryCollection(shared.Concat(own.Select(e => KeyValuePair.Create(e.Name, e.Value)))
                .Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value)));
            Action add = name switch
            {
                "ssl-ingest" => builder.AddIngest,
                "ssl-learner" => builder.AddLearner,
                _ => builder.AddTranscriber,
            };
            add(); // throws at a misspelt one
        }
    }

    async Task<IReadOnlyList<object>> RenderAsync()
    {
        var relative = Path.GetRelativePath(folder.Path, Manifests.Folder); // kustomize refuses absolute paths
        await File.WriteAllTextAsync(folder.File("kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [{relative}/base]
            components: [{string.Join(", ", Components.Select(c => $"{relative}/components/{c}"))}]
            """);
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var rendered = await CliWrap.Cli.Wrap("kubectl").WithArguments(["kustomize", folder.Path]).ExecuteBufferedAsync(limit.Token);
            return Manifests.Read(rendered.StandardOutput);
        }
        catch (Win32Exception)
        {
            Assert.Skip("needs kubectl of version 1.30 or newer, for its kustomize");
            throw;
        }
    }

    static Dictionary<string, Pod> Pods(IReadOnlyList<object> all) => all.OfType<V1Deployment>()
        .Select(d => (Name: d.Name(), Pod: new Pod(d.Spec.Template.Metadata.Labels, d.Spec.Template.Spec, [])))
        .Concat(all.OfType<V1StatefulSet>().Select(s => (Name: s.Name(),
            Pod: new Pod(s.Spec.Template.Metadata.Labels, s.Spec.Template.Spec, [.. s.Spec.VolumeClaimTemplates.Select(c => c.Name())]))))
        .ToDictionary(pod => pod.Name, pod => pod.Pod);

    static bool Selects(IDictionary<string, string> selector, Pod pod) =>
        selector.All(label => pod.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    sealed record Pod(IDictionary<string, string> Labels, V1PodSpec Spec, IReadOnlyList<string> Claims);
}
