using System.Text.RegularExpressions;
using Ssl.TestKit;

namespace Ssl.Architecture.Tests;

/// <summary>README and the pages of <c>docs</c>.</summary>
public sealed partial class DocumentTests
{
    const int MaxReadmeLines = 150;
    static readonly string Root = SharedFolder.RepositoryRoot;

    static readonly string[] Pages =
        [Path.Combine(Root, "README.md"), .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)];

    [Fact]
    public void The_first_page_is_short() =>
        Assert.InRange(File.ReadLines(Path.Combine(Root, "README.md")).Count(), 1, MaxReadmeLines - 1);

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        var links = Pages.SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(m => (
            Page: page, Target: m.Groups[1].Value.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, m.Groups[1].Value),
            Heading: m.Groups[2].Value))).ToArray();
        Assert.True(links.Length > 100, $"only {links.Length} links were found");
        Assert.Empty(string.Join('\n', links.Where(link => !Leads(link.Target, link.Heading))
            .Select(link => $"{Path.GetRelativePath(Root, link.Page)}: {Path.GetRelativePath(Root, link.Target)}{link.Heading}")));
    }

    static bool Leads(string target, string heading) => heading.Length == 0
        ? Path.Exists(target)
        : File.Exists(target) && File.ReadLines(target).Where(line => line.StartsWith('#')).Any(line => heading == $"#{Anchor(line)}");

    /// <summary>As GitHub makes it.</summary>
    static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
