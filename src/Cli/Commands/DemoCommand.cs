using System.CommandLine;
using Ssl.Cli.Demonstration;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Hosting;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl demo</c>: the whole loop on real telephone prompts, with a live view.</summary>
static class DemoCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "folder for everything that is kept", DefaultValueFactory = _ => Path.Combine("data", "demo") };
        var fresh = new Option<bool>("--fresh") { Description = "forget what an earlier demonstration learnt" };
        var plain = new Option<bool>("--plain") { Description = "lines instead of the live page" };
        var minutes = new Option<double?>("--minutes") { Description = "end after so many minutes instead of on Ctrl-C" };
        var command = new Command("demo", "the whole loop on real telephone prompts; settings follow as --Section:Key=value") { data, fresh, plain, minutes };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, ct) => SslHost.GuardAsync(async () =>
        {
            var folder = new DataFolder(Path.GetFullPath(parsed.GetValue(data)!));
            if (parsed.GetValue(fresh) && Directory.Exists(folder.Path))
                Directory.Delete(folder.Path, recursive: true);
            var run = new DemonstrationRun(folder, TimeProvider.System)
            {
                Plain = parsed.GetValue(plain) || Console.IsOutputRedirected,
                Duration = parsed.GetValue(minutes) is { } m ? TimeSpan.FromMinutes(m) : null,
            };
            await run.RunAsync([.. parsed.UnmatchedTokens], ct);
        }));
        return command;
    }
}
