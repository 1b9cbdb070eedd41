using System.Text.RegularExpressions;
using Xunit;

namespace Ssl.TestKit;

/// <summary>A page of the documentation, as far as it can be held against the programs.</summary>
/// <param name="Path">Relative to the repository's root.</param>
public sealed partial record Document(string Path, string Text)
{
    /// <summary>Programs that a line of a block may begin with.</summary>
    static readonly string[] Programs =
        ["ssl", "make", "curl", "dotnet", "docker", "kubectl", "podman", "alias", "kafka-acls.sh", "source", "deploy/images/build.sh"];

    /// <summary>What a user reads; the laboratory's notes keep the commands of their day.</summary>
    public static TheoryData<string> Pages { get; } =
        [.. Directory.GetFiles(Root("docs"), "*.md").Select(path => $"docs/{System.IO.Path.GetFileName(path)}")
            .Order(StringComparer.Ordinal).Prepend("README.md")];

    public static Document Read(string path) => new(path, File.ReadAllText(Root(path)));

    public static bool Exists(string path) => System.IO.Path.Exists(Root(path));

    /// <summary>Blocks between fences, with the language; empty: none is named.</summary>
    public IEnumerable<(string Language, string Code)> Blocks =>
        Fenced().Matches(Text).Select(match => (match.Groups["language"].Value, match.Groups["code"].Value));

    /// <summary>Code within lines, in their order; of each line of the page.</summary>
    public IEnumerable<IReadOnlyList<string>> SpansOfLines =>
        Fenced().Replace(Text, "").Split('\n').Select(line => Span().Matches(line).Select(m => m.Groups[1].Value).ToArray());

    public IEnumerable<string> Spans => SpansOfLines.SelectMany(spans => spans);

    /// <summary>Command lines of blocks and of spans, as words: without prompt, comment, quotation marks and pipe.</summary>
    public IEnumerable<DocumentedCommand> Commands => BlockCommands.Select(line => new DocumentedCommand(Words(line), IsMention: false))
        .Concat(Spans.Where(span => span.Contains(' ', StringComparison.Ordinal) && IsCommand(span))
            .Select(span => new DocumentedCommand(Words(span), IsMention: true)));

    IEnumerable<string> BlockCommands => Blocks.Where(block => block.Language is "" or "console").SelectMany(block =>
        block.Code.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => block.Language == "" || line.StartsWith("$ ", StringComparison.Ordinal))
            .Select(line => line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..] : line))
        .Where(IsCommand);

    static bool IsCommand(string line) => Programs.Contains(line.Split(' ')[0]);

    static string[] Words(string line)
    {
        var inner = Substituted().Match(line) is { Success: true } match ? match.Groups[1].Value : line;
        return [.. Word().Matches(inner).Select(m => m.Value).TakeWhile(word => word is not ("#" or "|"))
            .Select(word => word.Replace("\"", "", StringComparison.Ordinal))];
    }

    static string Root(string path) => System.IO.Path.Combine(SharedFolder.RepositoryRoot, path);

    [GeneratedRegex("^```(?<language>\\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("""("[^"]*"|[^\s])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"^source <\((.*)\)$")]
    private static partial Regex Substituted();
}

/// <summary>A command line of a document.</summary>
/// <param name="IsMention">It stands in a sentence, where a group of commands may be meant.</param>
public sealed record DocumentedCommand(IReadOnlyList<string> Words, bool IsMention)
{
    public override string ToString() => string.Join(' ', Words);
}
