using System.Text.RegularExpressions;

namespace Ssl.TestKit;

/// <summary>What an expression of Prometheus reads: a series of ours, measured or recorded, and the matchers of its labels.</summary>
/// <param name="Name">As stored; a recorded one has a colon.</param>
public sealed partial record SeriesSelector(string Name, IReadOnlyList<LabelMatcher> Matchers)
{
    public bool IsRecorded => Name.Contains(':', StringComparison.Ordinal);

    /// <summary>Selectors that must each find something: one for each value that is named, also for one that is left out.</summary>
    public IEnumerable<string> Named => Matchers.Count == 0 ? [Name] : Matchers.SelectMany(matcher => matcher.Values)
        .Select(value => $"{Name}{{{value}}}");

    /// <summary>Those of an expression, or of a whole file of rules.</summary>
    public static IReadOnlyList<SeriesSelector> In(string text) =>
        [.. Selector().Matches(text).Select(match => new SeriesSelector(match.Groups["name"].Value,
            [.. Matcher().Matches(match.Groups["matchers"].Value).Select(m =>
                new LabelMatcher(m.Groups["label"].Value, m.Groups["op"].Value, m.Groups["value"].Value))]))];

    [GeneratedRegex(@"(?<![\w:.])(?<name>([a-z]+:)?ssl[_:][a-z0-9_:]*[a-z0-9])(?<matchers>\{[^}]*\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>\w+)\s*(?<op>=~|!~|!=|=)\s*""(?<value>[^""]*)""")]
    private static partial Regex Matcher();
}

/// <summary>A condition on a label.</summary>
/// <param name="Operator"><c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>.</param>
public sealed record LabelMatcher(string Label, string Operator, string Value)
{
    /// <summary>A matcher for each value that it names, alternatives of a pattern one by one.</summary>
    internal IEnumerable<string> Values =>
        Operator is "=" or "!=" ? [$"{Label}=\"{Value}\""] : Value.Split('|').Select(value => $"{Label}=~\"{value}\"");
}
