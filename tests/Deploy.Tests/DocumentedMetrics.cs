using System.Reflection;
using Prometheus;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

/// <summary>The series that the programs have, and those that docs/metrics.md lists.</summary>
static class DocumentedMetrics
{
    static readonly string[] Programs = ["Ssl.Shared.Foundation", "Ssl.Ingest", "Ssl.Learner", "Ssl.Transcriber"];

    /// <summary>Rows of docs/metrics.md, as far as <see cref="Code"/> knows them.</summary>
    public static IReadOnlyList<string> Page { get; } =
        [.. DocumentedSeries.Page.Select(row => Row(row.Name, row.Labels, row.Type, row.What))];

    /// <summary>The static collectors of every class of metrics.</summary>
    public static IReadOnlyList<Collector> Collectors { get; } =
        [.. Programs.Select(Assembly.Load).SelectMany(program => program.GetTypes())
            .Where(type => type.Name.EndsWith("Metrics", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(field => field.GetValue(null)).OfType<Collector>()];

    /// <summary>What the rows should be.</summary>
    public static IReadOnlyList<string> Code { get; } =
        [.. Collectors.Select(c => Row(c.Name, c.LabelNames, c.GetType().Name.ToLowerInvariant(), c.Help)).Order(StringComparer.Ordinal)];

    /// <summary>Series of ours that are measured and read by an expression exist, and have the labels that it names.</summary>
    public static void AssertExist(string expressions)
    {
        foreach (var selector in SeriesSelector.In(expressions).Where(s => !s.IsRecorded))
        {
            var row = DocumentedSeries.Of(selector.Name);
            Assert.True(row is not null, $"there is no series {selector.Name}");
            foreach (var matcher in selector.Matchers)
                Assert.True(row.Labels.Contains(matcher.Label) || matcher.Label is "instance" or "service" or "job" or "le",
                    $"{selector.Name} has no label {matcher.Label}");
        }
    }

    /// <summary>Values of labels that a series has from the start, by name and label; others are not known beforehand.</summary>
    public static IReadOnlyDictionary<(string Name, string Label), IReadOnlySet<string>> KnownValues() =>
        Collectors.Where(c => c.LabelNames.Length == 1).Select(c => (Key: (c.Name, c.LabelNames[0]), Values: ValuesOf(c).ToHashSet()))
            .Where(known => known.Values.Count > 0).ToDictionary(known => known.Key, IReadOnlySet<string> (known) => known.Values);

    static IEnumerable<string> ValuesOf(Collector collector) => collector switch
    {
        Counter counter => counter.GetAllLabelValues().Select(values => values[0]),
        Gauge gauge => gauge.GetAllLabelValues().Select(values => values[0]),
        _ => [],
    };

    static string Row(string name, IReadOnlyCollection<string> labels, string type, string what) =>
        $"`{name}{(labels.Count == 0 ? "" : $"{{{string.Join(',', labels)}}}")}` {type}: {what}";
}
