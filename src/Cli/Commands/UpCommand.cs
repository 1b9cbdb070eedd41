using System.CommandLine;
using Ssl.Cli.Street;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl up</c>: all services in one process, for trying it out.</summary>
static class UpCommand
{
    public static Command Create()
    {
        var data = DataFolder.Option();
        var labels = new Option<string?>("--labels") { Description = "manifest.jsonl of the labelled set" };
        var command = new Command("up", "run all services in one process; settings follow as --Section:Key=value") { data, labels };
        return command.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var defaults = new Dictionary<string, string?> { ["Transcriber:Labels:ManifestPath"] = parsed.GetValue(labels) };
            await using var street = new StreetHost(new DataFolder(parsed.GetValue(data)!), [.. parsed.UnmatchedTokens], defaults);
            await street.StartAsync(ct);
            await street.App.WaitForShutdownAsync(ct);
        });
    }
}
