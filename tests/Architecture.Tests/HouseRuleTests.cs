using System.Text.RegularExpressions;
using Ssl.TestKit;

namespace Ssl.Architecture.Tests;

/// <summary>Rules of the house, checked on the source text.</summary>
public sealed partial class HouseRuleTests
{
    const int MaxFileLines = 300;
    const int MaxColumns = 140;
    static readonly string Root = SharedFolder.RepositoryRoot;
    static readonly string[] EmptyNames = ["Helpers", "Managers", "Utils", "Core", "Interfaces", "Common", "Misc"];

    [Fact]
    public void No_file_is_a_crowd() =>
        AssertNone(SourceFiles.All.Where(f => f.Lines.Length > MaxFileLines)
            .Select(f => $"{f.Path}: {f.Lines.Length} lines, more than {MaxFileLines}"));

    [Fact]
    public void A_line_ends_before_column_140() =>
        AssertNone(SourceFiles.All.Select(f => (Path: "src/" + f.Path, f.Lines)).Concat(SourceFiles.Tests)
            .Concat(Tracked(Script()).Select(path => (Path: path, Lines: File.ReadAllLines(Path.Combine(Root, path)))))
            .SelectMany(f => f.Lines.Index().Where(l => l.Item.Length > MaxColumns)
                .Select(l => $"{f.Path}:{l.Index + 1}: {l.Item.Length} columns")));

    [Fact]
    public void A_file_holds_one_public_type() =>
        AssertNone(SourceFiles.All.Where(f => f.Lines.Count(l => PublicType().IsMatch(l)) > 1).Select(f => f.Path));

    [Fact]
    public void A_namespace_is_its_folder() =>
        AssertNone(SourceFiles.All
            .Select(f => (
                f.Path,
                Found: f.Lines.FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal)),
                Expected: $"namespace Ssl.{Path.GetDirectoryName(f.Path)!.Replace('/', '.')};"))
            .Where(f => f.Found is not null && f.Found != f.Expected).Select(f => $"{f.Path}: {f.Found}, expected {f.Expected}"));

    [Fact]
    public void Folders_are_named_by_the_field() =>
        AssertNone(SourceFiles.All.Where(f => f.Path.Split('/').Intersect(EmptyNames).Any()).Select(f => f.Path));

    [Fact]
    public void Nobody_calls_the_unguarded_product() =>
        AssertNone(Occurrences(Matmul(), "a shape error in TorchSharp's matmul aborts the process; use mm, bmm or functional.linear"));

    [Fact]
    public void A_dispose_scope_is_opened_with_using() =>
        AssertNone(Occurrences(LooseScope(), "open the dispose scope with using"));

    [Fact]
    public void Nothing_is_left_unfinished() =>
        AssertNone(Occurrences(Unfinished(), "unfinished"));

    [Fact]
    public void Programs_fit_on_a_card() =>
        AssertNone(SourceFiles.All.Where(f => f.Path.EndsWith("/Program.cs", StringComparison.Ordinal) && f.Lines.Length > 25)
            .Select(f => $"{f.Path}: {f.Lines.Length} lines"));

    [Fact]
    public void No_tracked_text_names_a_machine_or_a_registry_host() =>
        AssertNone(Tracked(TextFile()).SelectMany(path => File.ReadLines(Path.Combine(Root, path))
            .Where(l => MachineOrHost().IsMatch(l)).Select(l => $"{path}: {l.Trim()}")));

    /// <summary>Paths relative to the repository's root.</summary>
    static IEnumerable<string> Tracked(Regex name) =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => name.IsMatch(f) && !Skipped().IsMatch(f));

    static IEnumerable<string> Occurrences(Regex pattern, string why) =>
        SourceFiles.All.SelectMany(f => f.Lines.Where(l => pattern.IsMatch(l)).Select(l => $"{f.Path}: {l.Trim()} ({why})"));

    static void AssertNone(IEnumerable<string> offences) => Assert.Empty(string.Join('\n', offences));

    [GeneratedRegex(@"^public\s+((static|sealed|abstract|partial|readonly|unsafe)\s+)*(class|record|struct|interface|enum|delegate)\b")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^(?!.*using[ (]).*NewDisposeScope\(\)")]
    private static partial Regex LooseScope();

    [GeneratedRegex(@"\.matmul\(")]
    private static partial Regex Matmul();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\.(cs|md|sh|props|targets|csproj|json|yml|yaml)$|Makefile$|\.ci/run$")]
    private static partial Regex TextFile();

    [GeneratedRegex(@"\.(sh|js)$|(^|/)Makefile$")]
    private static partial Regex Script();

    [GeneratedRegex(@"(^|/)(bin|obj|artifacts|\.git|TestResults)/|packages\.lock\.json$|^data/|HouseRuleTests\.cs$")]
    private static partial Regex Skipped();

    // The last three are hosts of package registries; split so that this line does not name them itself.
    [GeneratedRegex(@"(^|[^A-Za-z0-9._-])/(work|farm)/|" + "nuget" + @"\.org|" + "npmjs" + @"\.org|" + "deb.debian" + @"\.org")]
    private static partial Regex MachineOrHost();
}
