using System.CommandLine;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl experiment</c>, which is a program of its own now: says where.</summary>
static class ExperimentCommand
{
    public static Command Create()
    {
        var command = new Command("experiment", "moved to make experiments") { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parsed, _) => SslHost.GuardAsync(() => throw new InvalidSettingException(
            $"'ssl experiment' is now: make experiments ARGS=\"{string.Join(' ', parsed.UnmatchedTokens)}\"")));
        return command;
    }
}
