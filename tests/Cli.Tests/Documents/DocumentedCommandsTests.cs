using System.CommandLine;
using System.Text.RegularExpressions;
using Ssl.Cli.Commands;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Documents;

/// <summary>What the documents tell a user to type exists: commands, options, targets, projects, files, settings.</summary>
public sealed partial class DocumentedCommandsTests
{
    static readonly string Makefile = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "Makefile"));

    public static TheoryData<string> Pages => Document.Pages;

    [Fact]
    public void Commands_are_found_at_all() => Assert.InRange(Document.Read("README.md").Commands.Count(), 15, 1000);

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_command_of_ssl_is_accepted_by_its_parser(string page)
    {
        foreach (var command in Document.Read(page).Commands.Where(c => c.Words[0] == "ssl"))
        {
            if (command.IsMention && IsCommand([.. command.Words.Skip(1)]))
                continue; // its name alone
            var parsed = SslCommand.Create().Parse([.. command.Words.Skip(1)]);
            Assert.True(parsed.Errors.Count == 0, $"{page}: {command}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            Assert.All(parsed.UnmatchedTokens, setting => DocumentedSettings.AssertExists(setting, page));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_target_of_make_exists_and_so_do_the_variables_that_it_is_given(string page)
    {
        foreach (var command in Document.Read(page).Commands.Where(c => c.Words[0] == "make"))
        {
            foreach (var word in command.Words.Skip(1))
            {
                if (word.Split('=') is [var variable, _])
                    Assert.True(Makefile.Contains($"$({variable})", StringComparison.Ordinal), $"{page}: {command}: no {variable}");
                else
                    Assert.True(Targets().Matches(Makefile).Any(m => m.Groups[1].Value == word), $"{page}: there is no target {word}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_project_that_is_run_exists_and_so_do_the_settings_that_it_is_given(string page)
    {
        foreach (var command in Document.Read(page).Commands.Where(c => c.Words is ["dotnet", "run", ..]))
        {
            var project = command.Words.SkipWhile(word => word != "--project").ElementAt(1);
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(SharedFolder.RepositoryRoot, project), "*.csproj"));
            string[] arguments = [.. command.Words.SkipWhile(word => word != "--").Skip(1)];
            if (project == "src/Cli")
                Assert.Empty(SslCommand.Create().Parse(arguments).Errors);
            else
                Assert.All(arguments, setting => DocumentedSettings.AssertExists(setting, page));
        }
    }

    /// <summary>Of other programs and of spans: what begins as a folder of the repository is there.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void A_path_of_the_repository_exists(string page)
    {
        var document = Document.Read(page);
        foreach (var word in document.Spans.Select(span => span.Split(' ')[0]).Concat(document.Commands.SelectMany(c => c.Words)))
        {
            if (!OfRepository().IsMatch(word))
                continue;
            var path = word.Split("/bin/")[0]; // built
            Assert.True(path.Contains('*', StringComparison.Ordinal) ? Files(path).Length > 0 : Document.Exists(path),
                $"{page}: there is no {word}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_setting_exists(string page)
    {
        var document = Document.Read(page);
        foreach (var spans in document.SpansOfLines)
            DocumentedSettings.AssertExist(spans, page);
        foreach (var block in document.Blocks.Where(b => b.Language == "json"))
            DocumentedSettings.AssertExistInJson(block.Code, page);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void An_option_that_a_sentence_names_is_one_of_a_command(string page)
    {
        var options = Below(SslCommand.Create()).SelectMany(c => c.Options).SelectMany(o => o.Aliases.Prepend(o.Name)).ToHashSet();
        foreach (var option in Document.Read(page).Spans.Where(span => Option().IsMatch(span)).Select(span => span.Split(' ')[0]))
            Assert.True(options.Contains(option), $"{page}: no command has {option}");
    }

    /// <summary>Each is run by a test or in CI, or stands in the list of those that are not, which names no other.</summary>
    [Fact]
    public void A_command_is_run_by_a_test_or_named_as_not_run()
    {
        var used = Document.Pages.SelectMany(page => Document.Read(page.Data).Commands)
            .Where(command => !command.IsMention || !IsGroup([.. command.Words.Skip(1)])).Select(Head)
            .Where(head => head.Length > 0).ToHashSet();
        var list = NotRun().Match(Document.Read("docs/operations.md").Text).Groups[1].Value;
        var notRun = CodeInList().Matches(list).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(notRun);
        Assert.Empty(used.Except(CommandProofs.All.Keys).Except(notRun));
        Assert.Empty(notRun.Intersect(CommandProofs.All.Keys));
        Assert.Empty(notRun.Except(used));
        Assert.Empty(CommandProofs.All.Keys.Except(used).Except(["make check"])); // of those who change the code
    }

    [Fact]
    public void A_test_that_runs_a_command_exists()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(path => Path.GetFileNameWithoutExtension(path));
        var ci = File.ReadAllLines(Path.Combine(SharedFolder.RepositoryRoot, ".ci", "run"));
        Assert.All(CommandProofs.All, proof =>
        {
            if (proof.Value.StartsWith("ci: ", StringComparison.Ordinal))
                Assert.Contains(proof.Value[4..], ci);
            else
                Assert.Contains($" {proof.Value.Split('.')[1]}(", File.ReadAllText(Assert.Single(sources[proof.Value.Split('.')[0]])),
                    StringComparison.Ordinal);
        });
    }

    /// <summary>The command without its arguments; empty: it is none of ours and changes nothing (<c>curl</c>, <c>alias</c>).</summary>
    static string Head(DocumentedCommand command) => command.Words.ToArray() switch
    {
        ["curl" or "alias", ..] => "",
        ["ssl", .. var words] => string.Join(' ', words.TakeWhile((_, i) => IsCommand([.. words.Take(i + 1)])).Prepend("ssl")),
        [var program, var verb, ..] when program is "make" or "dotnet" or "docker" or "podman" or "kubectl" => $"{program} {verb}",
        _ => command.Words[0],
    };

    static bool IsCommand(IReadOnlyList<string> words) =>
        words.Aggregate<string, Command?>(SslCommand.Create(), (command, word) => command?.Subcommands.FirstOrDefault(c => c.Name == word))
            is not null;

    static string[] Files(string pattern) =>
        Directory.GetFiles(Path.Combine(SharedFolder.RepositoryRoot, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern));

    /// <summary>Whether the words are a group of commands and nothing else: <c>ssl dlq</c>.</summary>
    static bool IsGroup(IReadOnlyList<string> words)
    {
        Command? command = SslCommand.Create();
        foreach (var word in words)
            command = command?.Subcommands.FirstOrDefault(c => c.Name == word);
        return command?.Subcommands.Count > 0;
    }

    static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);

    [GeneratedRegex(@"^([a-z][a-z-]*):", RegexOptions.Multiline)]
    private static partial Regex Targets();

    [GeneratedRegex(@"^(src|tests|deploy|docs)/[\w./*-]+$")]
    private static partial Regex OfRepository();

    [GeneratedRegex(@"No test runs (.+?)\.\s", RegexOptions.Singleline)]
    private static partial Regex NotRun();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeInList();

    [GeneratedRegex(@"^--[a-z]")]
    private static partial Regex Option();
}
