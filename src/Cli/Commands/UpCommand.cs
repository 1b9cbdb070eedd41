using System.CommandLine;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Hosting;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl up</c>: all services in one process, for trying it out.</summary>
static class UpCommand
{
    public static Command Create()
    {
        var data = DataFolder.Option();
        var labels = new Option<string?>("--labels") { Description = "manifest.jsonl of the labelled set" };
        var command = new Command("up", "run all services in one process; settings follow as --Section:Key=value") { data, labels };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, ct) => SslHost.GuardAsync(async () =>
        {
            var defaults = new Dictionary<string, string?>();
            if (parsed.GetValue(labels) is { } manifest)
                defaults["Transcriber:Labels:ManifestPath"] = manifest;
            await using var street = new StreetHost(new DataFolder(parsed.GetValue(data)!), [.. parsed.UnmatchedTokens], defaults);
            await street.StartAsync(ct);
            await street.App.WaitForShutdownAsync(ct);
        }));
        return command;
    }
}
