using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Models;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Cli.Commands;

/// <summary>
/// <c>ssl models promote|pin|unpin|rollback|history|diff</c>: levers on the registry that a service runs on, which follows within seconds.
/// </summary>
static class LeverCommands
{
    public static IEnumerable<Command> All() =>
    [
        OfVersion("promote", "let a version serve; refused while another is pinned", (levers, id, why) => levers.Promote(id, why)),
        OfVersion("pin", "let a version serve until it is unpinned", (levers, id, why) => levers.Pin(id, why)),
        OfLine("unpin", "let the gate move the champion again", (levers, line, why) => levers.Unpin(line, why)),
        OfLine("rollback", "let the champion before this one serve again", (levers, line, why) => levers.RollBack(line, why)),
        History(), Diff(),
    ];

    static Command OfVersion(string name, string about, Func<OperatorLevers, ModelId, string, LeverOutcome> move)
    {
        var (version, line, why, data) = (Version("VERSION"), Line(), Why(), DataFolder.Option());
        return new Command(name, about) { version, line, why, data }.WithAction(takesSettings: true, action: (parsed, _) =>
            Say(move(Levers(parsed, data), Id(parsed.GetValue(version)!, parsed.GetValue(line)), parsed.GetValue(why)!)));
    }

    static Command OfLine(string name, string about, Func<OperatorLevers, string, string, LeverOutcome> move)
    {
        var (line, why, data) = (Line(), Why(), DataFolder.Option());
        return new Command(name, about) { line, why, data }.WithAction(takesSettings: true, action: (parsed, _) =>
            Say(move(Levers(parsed, data), parsed.GetValue(line) ?? ModelId.DefaultLine, parsed.GetValue(why)!)));
    }

    static Command History()
    {
        var (line, data, json) = (Line(), DataFolder.Option(), JsonOutput.Option());
        const string about = "a line a move of an alias, oldest first";
        return new Command("history", about) { line, data, json }.WithAction(takesSettings: true, action: (parsed, _) =>
        {
            var moves = Registry(parsed, data).History(parsed.GetValue(line) ?? ModelId.DefaultLine);
            if (parsed.GetValue(json))
                JsonOutput.Print(moves);
            foreach (var move in moves.Where(_ => !parsed.GetValue(json)))
                Console.WriteLine(Text(move));
            return Task.CompletedTask;
        });
    }

    static Command Diff()
    {
        var (a, b, line, data) = (Version("A"), Version("B"), Line(), DataFolder.Option());
        var file = new Argument<string>("FILE") { Description = "a recording" };
        const string about = "two versions' texts of a recording: words that are changed, inserted or deleted by the second";
        return new Command("diff", about) { a, b, file, line, data }.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var settings = SslHost.CreateBuilder([.. parsed.UnmatchedTokens], defaultPort: 0).Configuration;
            TorchRuntime.Initialize(ValidatedOptions.Read<TorchOptions>(settings, TorchOptions.Section));
            var registry = Registry(parsed, data);
            var diff = new ModelDiff(registry, new RecognizerLoader(registry, new DecodingRecipe()));
            await diff.PrintAsync(Id(parsed.GetValue(a)!, parsed.GetValue(line)), Id(parsed.GetValue(b)!, parsed.GetValue(line)),
                parsed.GetValue(file)!, Console.Out, ct);
        });
    }

    /// <summary><c>2026-11-29 10:00:00Z  champion -> 18  operator ann: heard it on our calls</c>.</summary>
    static string Text(AliasRecord move)
    {
        var number = move.Number?.ToString(CultureInfo.InvariantCulture) ?? "none";
        return string.Create(CultureInfo.InvariantCulture, $"{move.When.UtcDateTime:u}  {move.Alias} -> {number}  {move.Who}: {move.Why}");
    }

    /// <exception cref="IOException">It was refused; says why.</exception>
    static Task Say(LeverOutcome outcome)
    {
        if (!outcome.Done)
            throw new IOException(outcome.Message);
        Console.WriteLine(outcome.Message);
        return Task.CompletedTask;
    }

    /// <exception cref="InvalidDataException">It names no version.</exception>
    static ModelId Id(string text, string? line) => ModelId.Parse(text) is not { } id
        ? throw new InvalidDataException($"'{text}' names no version: ssl@17, ssl@candidate, ssl-german@17")
        : line is null ? id : id with { Line = line };

    static OperatorLevers Levers(ParseResult parsed, Option<string> data) => new(Registry(parsed, data), Environment.UserName);

    /// <exception cref="IOException">There is none: a wrong folder must not become an empty registry.</exception>
    static ModelRegistry Registry(ParseResult parsed, Option<string> data)
    {
        var options = DataFolder.RegistryOf(parsed, data);
        return options.IsInBucket() || Directory.Exists(options.Path)
            ? new(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance)
            : throw new IOException($"there is no registry in {options.Path}; --data names the folder of the service");
    }

    static Argument<string> Version(string name) => new(name) { Description = "ssl@17, ssl@candidate, ssl@previous, ssl-german@17" };
    static Option<string?> Line() => new("--line") { Description = "line of recognizers, where it is not ssl" };
    static Option<string> Why() =>
        new("--why") { Description = "reason, for the history", DefaultValueFactory = _ => "no reason was given" };
}
