using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

/// <summary>Every package of the lock files of what is shipped has a licence that is allowed, and docs/licences.md lists it.</summary>
public sealed partial class LicenceTests
{
    static readonly string[] Allowed = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT"];

    static readonly string[] Programs = ["Ingest", "Learner", "Transcriber", "Cli"];

    /// <summary>Where the package's own statement is no SPDX expression, or is its wrapping's; read by hand.</summary>
    static readonly Dictionary<string, string> ByHand = new()
    {
        ["librdkafka.redist"] = "BSD-2-Clause",
        ["libtorch-cpu-linux-x64"] = "BSD-3-Clause",
    };

    static readonly string Packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [Fact]
    public void Docs_list_every_package_that_is_shipped_with_its_licence_and_no_other()
    {
        var shipped = Shipped().Select(p => p.Name).Distinct().ToDictionary(name => name, name => LicenceOf(name));
        Assert.Equal(
            shipped.Select(p => $"{p.Key} | {p.Value}").Order(StringComparer.Ordinal), Page().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_licence_is_allowed() =>
        Assert.Empty(string.Join('\n', Shipped().Select(p => (p.Name, Licence: LicenceOf(p.Name)))
            .Where(p => !p.Licence.Split(" OR ").Any(Allowed.Contains)).Select(p => $"{p.Name}: {p.Licence}")));

    [Fact]
    public void Packages_come_by_lock_files_with_the_hash_of_each()
    {
        Assert.NotEmpty(Shipped());
        Assert.All(Shipped(), package => Assert.True(package.Hash.Length > 40, $"{package.Name} has no hash"));
    }

    static string LicenceOf(string name)
    {
        if (ByHand.TryGetValue(name, out var known))
            return known;
        var version = Shipped().First(p => p.Name == name).Version;
        var path = Path.Combine(Packages, name.ToLowerInvariant(), version, $"{name.ToLowerInvariant()}.nuspec");
        var licence = XDocument.Load(path).Descendants().FirstOrDefault(e => e.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value : $"unknown ({path})";
    }

    /// <summary>Of the programs: what their libraries name beside it comes with .NET.</summary>
    static (string Name, string Version, string Hash)[] Shipped() =>
        [.. Programs.Select(program => Path.Combine(SharedFolder.RepositoryRoot, "src", program, "packages.lock.json"))
            .SelectMany(Entries).Distinct()];

    static IEnumerable<(string, string, string)> Entries(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.TryGetProperty("resolved", out _))
            .Select(package => (package.Name, Text(package, "resolved"), Text(package, "contentHash")))];

        static string Text(JsonProperty package, string name) =>
            package.Value.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }

    static IEnumerable<string> Page() => File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "licences.md"))
        .SkipWhile(line => !line.StartsWith("| package |", StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|')).Select(line => Row().Match(line).Groups[1].Value);

    [GeneratedRegex(@"^\| (\S+ \| \S+) \|")]
    private static partial Regex Row();
}
