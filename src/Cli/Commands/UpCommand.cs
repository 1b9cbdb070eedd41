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
            string[] manifest = parsed.GetValue(labels) is { } path ? [$"--Transcriber:Labels:ManifestPath={path}"] : [];
            await using var street = new StreetHost(
                new DataFolder(parsed.GetValue(data)!), [.. manifest, .. DataFolder.Typed(parsed, data)]);
            await street.StartAsync(ct);
            await street.App.WaitForShutdownAsync(ct);
        });
    }
}
