using System.Diagnostics;
using System.Text.RegularExpressions;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

public sealed partial class PrometheusRulesTests
{
    static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "prometheus");
    static readonly string[] OfScrape = ["instance", "service", "job", "le"]; // labels that the scrape or the type adds
    static readonly string Rules = File.ReadAllText(Path.Combine(Folder, "rules.yml"));

    [Theory]
    [InlineData("check config prometheus.yml")]
    [InlineData("check rules rules.yml")]
    [InlineData("test rules rules.test.yml")]
    public async Task Promtool_accepts(string arguments)
    {
        Process? promtool = null;
        try
        {
            promtool = Process.Start(new ProcessStartInfo("promtool", arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs promtool of Debian's package prometheus: make setup installs it");
        }
        using (promtool)
        {
            var ct = TestContext.Current.CancellationToken;
            var printed = await Task.WhenAll(promtool!.StandardOutput.ReadToEndAsync(ct), promtool.StandardError.ReadToEndAsync(ct))
                .WaitAsync(TimeSpan.FromMinutes(1), ct);
            await promtool.WaitForExitAsync(ct);
            Assert.True(promtool.ExitCode == 0, $"promtool {arguments}\n{string.Join('\n', printed)}");
        }
    }

    [Theory]
    [InlineData("rules.yml")]
    [InlineData("rules.test.yml")]
    public void A_rule_reads_series_that_the_programs_have_by_labels_that_they_have(string file)
    {
        var rules = File.ReadAllText(Path.Combine(Folder, file));
        Assert.NotEmpty(SeriesSelector.In(rules));
        DocumentedMetrics.AssertExist(rules);
    }

    /// <summary>What promtool is fed with is what a service sends: every label, and values that it knows.</summary>
    [Fact]
    public void The_series_of_the_unit_tests_could_be_of_a_service()
    {
        var known = DocumentedMetrics.KnownValues();
        var tests = File.ReadAllText(Path.Combine(Folder, "rules.test.yml"));
        foreach (var series in InputSeries().Matches(tests).Select(m => m.Groups[1].Value))
        {
            if (series.StartsWith("up{", StringComparison.Ordinal))
                continue; // Prometheus' own
            var selector = Assert.Single(SeriesSelector.In(series));
            var (row, given) = (DocumentedSeries.Of(selector.Name)!, selector.Matchers.Where(m => !OfScrape.Contains(m.Label)).ToArray());
            Assert.Equal(row.Labels.Order(), given.Select(m => m.Label).Order());
            foreach (var matcher in given.Where(m => known.ContainsKey((row.Name, m.Label))))
                Assert.Contains(matcher.Value, known[(row.Name, matcher.Label)]);
        }
    }

    [Fact]
    public void Operators_are_told_what_to_do_about_each_alert()
    {
        var alerts = AlertName().Matches(Rules).Select(match => match.Groups[1].Value).Order();
        var operations = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"));
        var told = operations.Where(line => line.StartsWith("| `Ssl", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);
        Assert.Equal(alerts, told.Order());
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"series: '([^']+)'")]
    private static partial Regex InputSeries();
}
