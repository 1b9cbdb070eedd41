using System.Reflection;
using System.Text.RegularExpressions;
using Prometheus;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

/// <summary>The series that the programs have, and those that docs/metrics.md lists.</summary>
static partial class DocumentedMetrics
{
    static readonly string[] Programs = ["Ssl.Shared.Foundation", "Ssl.Ingest", "Ssl.Learner", "Ssl.Transcriber"];

    /// <summary>Rows of docs/metrics.md: <c>| `name{labels}` | type | meaning |</c>.</summary>
    public static IReadOnlyList<string> Page { get; } =
        [.. File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `ssl_", StringComparison.Ordinal))];

    /// <summary>What the rows should be, by the static collectors of every class of metrics.</summary>
    public static IReadOnlyList<string> Code { get; } =
        [.. Programs.Select(Assembly.Load).SelectMany(program => program.GetTypes())
            .Where(type => type.Name.EndsWith("Metrics", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(field => field.GetValue(null)).OfType<Collector>().Select(Row).Order(StringComparer.Ordinal)];

    /// <summary>Names as Prometheus stores them: a histogram is three series.</summary>
    public static IReadOnlySet<string> Series { get; } = Page.SelectMany(row =>
    {
        var name = SeriesName().Match(row).Value;
        return row.Contains("| histogram |", StringComparison.Ordinal)
            ? [name + "_bucket", name + "_sum", name + "_count"] : new[] { name };
    }).ToHashSet();

    static string Row(Collector collector)
    {
        var labels = collector.LabelNames.Length == 0 ? "" : $"{{{string.Join(',', collector.LabelNames)}}}";
        return $"| `{collector.Name}{labels}` | {collector.GetType().Name.ToLowerInvariant()} | {collector.Help} |";
    }

    [GeneratedRegex("ssl_[a-z0-9_]+")]
    public static partial Regex SeriesName();
}
