using System.Text.Json;
using System.Text.RegularExpressions;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

public sealed partial class DashboardTests
{
    static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "grafana", "dashboards");

    public static TheoryData<string> Dashboards => [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void A_query_reads_series_that_exist(string file)
    {
        var recorded = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "deploy", "prometheus", "rules.yml"))
            .Where(line => line.Contains("record: ", StringComparison.Ordinal))
            .Select(line => line.Split("record: ")[1].Split(' ')[0]).ToHashSet();
        var targets = Panels(file).SelectMany(panel => panel.GetProperty("targets").EnumerateArray());
        foreach (var query in targets.Select(target => target.GetProperty("expr").GetString()!))
        {
            var read = SeriesSelector.In(query);
            DocumentedMetrics.AssertExist(query);
            Assert.All(read.Where(s => s.IsRecorded), s => Assert.Contains(s.Name, recorded));
            Assert.True(read.Count > 0 || query.StartsWith("up{", StringComparison.Ordinal), $"reads nothing: {query}");
        }
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Labels_that_a_query_sums_by_or_a_legend_shows_are_those_of_its_series(string file)
    {
        foreach (var target in Panels(file).SelectMany(panel => panel.GetProperty("targets").EnumerateArray()))
        {
            var (query, legend) = (target.GetProperty("expr").GetString()!, target.GetProperty("legendFormat").GetString()!);
            var named = Shown().Matches(legend).Concat(By().Matches(query)).SelectMany(m => m.Groups[1].Value.Split(',', ' '));
            var held = SeriesSelector.In(query).SelectMany(s => DocumentedSeries.Of(s.Name)?.Labels ?? OfRecorded(s.Name))
                .Concat(["instance", "service", "le"]).ToHashSet();
            Assert.Subset(held, named.Where(n => n.Length > 0).ToHashSet());
        }
    }

    /// <summary>By Prometheus' convention the labels that are left stand before the first colon.</summary>
    static string[] OfRecorded(string name) => name.Split(':')[0].Split('_');

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Panels_have_a_place_of_their_own_and_a_title(string file)
    {
        var cells = new HashSet<(int, int)>();
        var ids = new HashSet<int>();
        foreach (var panel in Panels(file))
        {
            Assert.True(ids.Add(panel.GetProperty("id").GetInt32()));
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            var place = panel.GetProperty("gridPos");
            var (x, y, w, h) = (Value("x"), Value("y"), Value("w"), Value("h"));
            Assert.InRange(x + w, 1, 24);
            foreach (var cell in from column in Enumerable.Range(x, w) from row in Enumerable.Range(y, h) select (column, row))
                Assert.True(cells.Add(cell), $"{panel.GetProperty("title")} covers another panel");

            int Value(string name) => place.GetProperty(name).GetInt32();
        }
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Shown();

    [GeneratedRegex(@"by \(([\w, ]+)\)")]
    private static partial Regex By();

    static JsonElement[] Panels(string file) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file))).RootElement.GetProperty("panels").EnumerateArray()];
}
