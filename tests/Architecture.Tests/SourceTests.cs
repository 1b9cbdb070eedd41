using System.Text.RegularExpressions;

namespace Ssl.Architecture.Tests;

/// <summary>What can be seen in the source alone.</summary>
public sealed partial class SourceTests
{
    [Fact]
    public void Hashes_of_keys_are_compared_in_fixed_time_and_all_of_them()
    {
        var source = string.Join('\n', SourceFiles.All.Single(f => f.Path == "Transcriber/Serving/Keys/KeySet.cs").Lines);
        var start = source.IndexOf("public ApiKey? Find(string text)", StringComparison.Ordinal);
        var body = source[start..source.IndexOf("\n    }", start, StringComparison.Ordinal)];
        Assert.Contains("CryptographicOperations.FixedTimeEquals(", body, StringComparison.Ordinal);
        Assert.Equal(1, body.Split("return ").Length - 1); // behind the loop
        foreach (var early in new[] { "break", "SequenceEqual", ".First", ".Any(", ".Single", "TryGetValue" })
            Assert.DoesNotContain(early, body, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_else_compares_the_text_of_a_key()
    {
        var found = SourceFiles.All.Where(f => f.Path.StartsWith("Transcriber/", StringComparison.Ordinal))
            .Where(f => f.Lines.Any(l =>
                l.Contains("ApiKey.Hash(", StringComparison.Ordinal) || l.Contains(".Find(text)", StringComparison.Ordinal)))
            .Select(f => f.Path);
        Assert.Equal(["Transcriber/Serving/Http/KeyRequirement.cs", "Transcriber/Serving/Keys/KeyRing.cs",
            "Transcriber/Serving/Keys/KeySet.cs"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_event_of_the_log_has_an_id_of_its_own()
    {
        var ids = SourceFiles.All.SelectMany(f => EventId().Matches(string.Join('\n', f.Lines))).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(id => id).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    /// <summary>Of several classes the generator writes one first or another, and no two builds have the same bytes.</summary>
    [Fact]
    public void The_log_methods_of_a_project_stand_in_one_file() =>
        Assert.Empty(SourceFiles.All.Where(f => EventId().IsMatch(string.Join('\n', f.Lines)))
            .GroupBy(f => f.Path.Split('/')[..^1] is ["Shared", var shared, ..] ? shared : f.Path.Split('/')[0])
            .Where(project => project.Count() > 1).SelectMany(project => project.Select(f => f.Path)));

    [GeneratedRegex(@"LoggerMessage\(\s*(\d+),")]
    private static partial Regex EventId();
}
