using System.Diagnostics;
using System.Text.RegularExpressions;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

public sealed partial class PrometheusRulesTests
{
    static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "prometheus");
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

    [Fact]
    public void A_rule_reads_series_that_the_programs_have() =>
        Assert.Subset(DocumentedMetrics.Series.ToHashSet(), Read(Rules).ToHashSet());

    [Fact]
    public void Operators_are_told_what_to_do_about_each_alert()
    {
        var alerts = AlertName().Matches(Rules).Select(match => match.Groups[1].Value).Order();
        var operations = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"));
        var told = operations.Where(line => line.StartsWith("| `Ssl", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);
        Assert.Equal(alerts, told.Order());
    }

    /// <summary>Series that an expression reads; recorded ones have a colon and are left out.</summary>
    internal static IEnumerable<string> Read(string expressions) => SeriesInExpression().Matches(expressions).Select(match => match.Value);

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"(?<![:\w])ssl_[a-z0-9_]+(?!\w*:)(?=[\s{\[()]|$)", RegexOptions.Multiline)]
    private static partial Regex SeriesInExpression();
}
