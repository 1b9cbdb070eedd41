namespace Ssl.Deploy.Tests;

public sealed class MetricsPageTests
{
    [Fact]
    public void Docs_list_every_series_of_the_programs_and_no_other()
    {
        var (code, page) = (DocumentedMetrics.Code, DocumentedMetrics.Page);
        var (missing, stale) = (code.Except(page), page.Except(code));
        var differences = string.Join('\n', missing.Select(row => "missing: " + row).Concat(stale.Select(row => "no such series: " + row)));
        Assert.True(differences.Length == 0, "docs/metrics.md differs from the programs\n" + differences);
    }
}
