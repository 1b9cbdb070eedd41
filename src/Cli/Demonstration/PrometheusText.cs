using System.Globalization;

namespace Ssl.Cli.Demonstration;

/// <summary>Samples of a page in the Prometheus text format 0.0.4.</summary>
sealed class PrometheusText
{
    readonly Dictionary<string, double> samples = new(StringComparer.Ordinal);

    public PrometheusText(string page)
    {
        foreach (var line in page.Split('\n'))
        {
            var space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#'
                && double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                samples[line[..space]] = value;
        }
    }

    /// <summary>Value of the series <c>name</c> or <c>name{label="value"}</c>; null where there is none.</summary>
    public double? this[string series] => samples.TryGetValue(series, out var value) ? value : null;

    /// <summary>Sum over all series of a metric.</summary>
    public double Sum(string name) =>
        samples.Where(s => s.Key == name || s.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(s => s.Value);
}
