using System.Collections.Concurrent;
using Prometheus;

namespace Ssl.Shared.Foundation.Health;

/// <summary>Free space where a service keeps what it needs: looked at on each scrape. Thread-safe.</summary>
public static class DiskMetrics
{
    static readonly Gauge Free = Metrics.CreateGauge(
        "ssl_disk_free_bytes", "Free space of the disk that a folder lies on: registry, replay or labels.", "folder");

    static readonly ConcurrentDictionary<string, string> Watched = new();

    static DiskMetrics() => Metrics.DefaultRegistry.AddBeforeCollectCallback(Look);

    /// <param name="folder">Its name in the metric, of a fixed set.</param>
    public static void Watch(string folder, string path) => Watched[folder] = Path.GetFullPath(path);

    static void Look()
    {
        foreach (var (folder, path) in Watched)
        {
            try
            {
                Free.WithLabels(folder).Set(new DriveInfo(path).AvailableFreeSpace);
            }
            catch (IOException)
            {
                Free.RemoveLabelled(folder); // not mounted: no figure is better than an old one
            }
        }
    }
}
