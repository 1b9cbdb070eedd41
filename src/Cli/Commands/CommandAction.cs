using System.CommandLine;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;

namespace Ssl.Cli.Commands;

static class CommandAction
{
    /// <summary>A failure outside this process gives one line on standard error and exit code 1; a wrong setting, 2.</summary>
    /// <param name="takesSettings"><c>--Section:Key=value</c> is accepted, as <see cref="ParseResult.UnmatchedTokens"/>.</param>
    public static Command WithAction(this Command command, Func<ParseResult, CancellationToken, Task> action, bool takesSettings = false)
    {
        command.TreatUnmatchedTokensAsErrors = !takesSettings;
        command.SetAction((parsed, ct) => SslHost.GuardAsync(async () =>
        {
            try
            {
                await action(parsed, ct);
            }
            catch (Exception e) when (e is InvalidModelException or StaleEpochException)
            {
                throw new IOException(e.Message, e);
            }
        }));
        return command;
    }
}
