using Ssl.TestKit;

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

    [Fact]
    public void A_name_ends_with_its_base_unit_and_that_of_a_counter_with_total() => Assert.All(DocumentedSeries.Page, row =>
    {
        Assert.Equal(row.Type == "counter", row.Name.EndsWith("_total", StringComparison.Ordinal));
        Assert.DoesNotMatch("_(milliseconds|ms|minutes|hours|kb|mb|gb|kilobytes|megabytes|percent)(_|$)", row.Name);
        if (row.Type == "histogram")
            Assert.EndsWith("_seconds", row.Name, StringComparison.Ordinal);
    });
}
