using System.CommandLine;
using Ssl.Cli.Demonstration;
using Ssl.Cli.Street;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl demo</c>: the whole loop on real telephone prompts, with a live view.</summary>
static class DemoCommand
{
    public static Command Create()
    {
        var data = DataFolder.Option(Path.Combine("data", "demo"));
        var fresh = new Option<bool>("--fresh") { Description = "delete what an earlier demonstration left in the folder" };
        var plain = new Option<bool>("--plain") { Description = "lines instead of the live page" };
        var minutes = new Option<double?>("--minutes") { Description = "end after this many minutes, not on Ctrl-C" };
        var svg = new Option<string?>("--svg") { Description = "file for a recording of the live page, as an animated SVG" };
        const string about = "the whole loop on real telephone prompts; settings follow as --Section:Key=value";
        return new Command("demo", about) { data, fresh, plain, minutes, svg }.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var folder = new DataFolder(Path.GetFullPath(parsed.GetValue(data)!));
            if (parsed.GetValue(fresh) && Directory.Exists(folder.Path))
                Directory.Delete(folder.Path, recursive: true);
            var run = new DemonstrationRun(
                folder, parsed.GetValue(plain) || Console.IsOutputRedirected, parsed.GetValue(svg), TimeProvider.System);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if (parsed.GetValue(minutes) is { } limit)
                ending.CancelAfter(TimeSpan.FromMinutes(limit));
            await run.RunAsync([.. folder.PlacesTyped, .. parsed.UnmatchedTokens], ending.Token); // not where the environment says
        });
    }
}
