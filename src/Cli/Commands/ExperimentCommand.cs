using System.CommandLine;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl experiment</c>, a former command: names the program that replaced it.</summary>
static class ExperimentCommand
{
    public static Command Create() => new Command("experiment", "moved to make experiments") { Hidden = true }.WithAction(
        (parsed, _) => throw new InvalidSettingException(
            $"'ssl experiment' is now: make experiments ARGS=\"{string.Join(' ', parsed.UnmatchedTokens)}\""),
        takesSettings: true);
}
