using System.Text.RegularExpressions;

namespace Ssl.TestKit;

/// <summary>A row of docs/metrics.md.</summary>
/// <param name="Labels">In the order of the page.</param>
/// <param name="Type">As Prometheus names it.</param>
/// <param name="Services">Of <see cref="AllServices"/>.</param>
/// <param name="AbsentUntil">An event; empty: it is there from the start.</param>
public sealed partial record DocumentedSeries(
    string Name, IReadOnlyList<string> Labels, string Type, IReadOnlyList<string> Services, string AbsentUntil, string What)
{
    /// <summary>The Transcriber by its halves.</summary>
    public static readonly string[] AllServices = ["ingest", "learner", "tune", "serve"];
    static readonly string[] HistogramParts = ["_bucket", "_sum", "_count"];

    public static IReadOnlyList<DocumentedSeries> Page { get; } =
        [.. File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `ssl_", StringComparison.Ordinal)).Select(Parse)];

    /// <summary>Names as Prometheus stores them: a histogram is three series.</summary>
    public IEnumerable<string> Stored => Type == "histogram" ? HistogramParts.Select(part => Name + part) : [Name];

    /// <summary>The row that a stored name belongs to; null: none.</summary>
    public static DocumentedSeries? Of(string stored) => Page.FirstOrDefault(row => row.Stored.Contains(stored));

    static DocumentedSeries Parse(string row)
    {
        var match = Row().Match(row);
        if (!match.Success)
            throw new InvalidDataException($"docs/metrics.md has a row of another form: {row}");
        var of = match.Groups["of"].Value;
        return new DocumentedSeries(match.Groups["name"].Value,
            match.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries), match.Groups["type"].Value,
            of == "all" ? AllServices : of.Split(", "), match.Groups["until"].Value, match.Groups["what"].Value);
    }

    [GeneratedRegex(@"^\| `(?<name>ssl_[a-z0-9_]+)(\{(?<labels>[a-z_,]+)\})?` \| (?<type>\w+) \| (?<of>[a-z, ]+) \|( (?<until>[^|]+))? \| "
        + @"(?<what>[^|]+) \|$")]
    private static partial Regex Row();
}
