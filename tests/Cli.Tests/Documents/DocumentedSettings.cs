using System.Text.Json;
using System.Text.RegularExpressions;
using Ssl.Cli.Commands;

namespace Ssl.Cli.Tests.Documents;

/// <summary>Settings that a document names, held against those that the services read.</summary>
static partial class DocumentedSettings
{
    /// <summary>Of the host itself.</summary>
    static readonly string[] OfHost = ["Urls"];
    static readonly string[] Keys = [.. SettingsCommand.All().Select(s => s.Key)];
    /// <summary>With every section above one.</summary>
    static readonly HashSet<string> Known = [.. OfHost, .. Keys.SelectMany(key => Ancestors(key).Prepend(key))];

    /// <param name="argument"><c>--Section:Key=value</c>, or a placeholder for some.</param>
    public static void AssertExists(string argument, string page)
    {
        if (argument == "...")
            return;
        Assert.True(Argument().IsMatch(argument), $"{page}: {argument} is no setting");
        Assert.True(Has(argument[2..].Split('=')[0]), $"{page}: there is no setting {argument}");
    }

    /// <summary>
    /// Spans of one line: whole keys, environment variables, keys without their first sections (<c>Serving:Workers</c>), and
    /// <c>:Key</c> beside the key before it.
    /// </summary>
    public static void AssertExist(IReadOnlyList<string> spans, string page)
    {
        var before = "";
        foreach (var span in spans)
        {
            if (span.StartsWith("--", StringComparison.Ordinal) && span.Split(' ') is var arguments && Argument().IsMatch(arguments[0]))
            {
                foreach (var argument in arguments)
                    AssertExists(argument, page);
                continue;
            }
            if (Beside().IsMatch(span))
            {
                Assert.True(Ancestors(before).Any(section => Has(section + span)), $"{page}: there is no setting {span} beside {before}");
                continue;
            }
            if (!Key().IsMatch(span))
                continue;
            before = span.Split('=')[0].Replace("__", ":", StringComparison.Ordinal).Replace(":...", "", StringComparison.Ordinal);
            Assert.True(Has(before) || Known.Any(key => key.EndsWith(":" + before, StringComparison.Ordinal)),
                $"{page}: there is no setting {span}");
        }
    }

    public static void AssertExistInJson(string json, string page)
    {
        foreach (var key in Leaves(JsonDocument.Parse(json).RootElement, ""))
            Assert.True(Has(key), $"{page}: there is no setting {key}");
    }

    /// <summary>A part that an operator names stands for <c>{name}</c>; Kafka's section takes librdkafka's settings too.</summary>
    static bool Has(string key) => Known.Contains(key) || Librdkafka().IsMatch(key)
        || Known.Where(known => known.Contains("{name}", StringComparison.Ordinal)).Any(known =>
            known.Split(':') is var parts && key.Split(':') is var given && parts.Length == given.Length
            && parts.Zip(given).All(p => p.First == "{name}" || p.First == p.Second));

    static IEnumerable<string> Ancestors(string key)
    {
        for (var at = key.LastIndexOf(':'); at > 0; at = key.LastIndexOf(':', at - 1))
            yield return key[..at];
    }

    static IEnumerable<string> Leaves(JsonElement element, string path) => element.ValueKind != JsonValueKind.Object ? [path]
        : element.EnumerateObject().SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}:{p.Name}"));

    [GeneratedRegex(@"^--[A-Z]\w*([:.]\w+)*=")]
    private static partial Regex Argument();

    [GeneratedRegex(@"^[A-Z][A-Za-z]+((:|__)(\{name\}|[A-Za-z][\w.]*))+(:\.\.\.)?(=.*)?$")]
    private static partial Regex Key();

    [GeneratedRegex(@"^(:(\{name\}|[A-Z]\w*))+$")]
    private static partial Regex Beside();

    [GeneratedRegex(@"^Kafka:(([a-z]+\.)+[a-z]+|(Security|Sasl|Ssl|Session|Group|Client)[A-Z]\w+)$")]
    private static partial Regex Librdkafka();
}
