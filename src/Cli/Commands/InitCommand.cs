using System.CommandLine;
using System.Text;
using Ssl.Cli.Settings;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl init</c>: a commented <c>appsettings.json</c> to start from.</summary>
static class InitCommand
{
    const string FileName = "appsettings.json";

    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "where services are started from", DefaultValueFactory = _ => "." };
        var bootstrap = new Option<string?>("--bootstrap-servers") { Description = "the broker: host:port" };
        var labels = new Option<string?>("--labels") { Description = "manifest.jsonl of the labelled set" };
        var force = new Option<bool>("--force") { Description = "replace a file that is there" };
        const string about = "write an appsettings.json with every setting as a comment";
        return new Command("init", about) { folder, bootstrap, labels, force }.WithAction((parsed, _) =>
        {
            var given = new Dictionary<string, string>();
            if (parsed.GetValue(bootstrap) is { } broker)
                given["Kafka:BootstrapServers"] = broker;
            if (parsed.GetValue(labels) is { } manifest)
                given["Transcriber:Labels:ManifestPath"] = Path.GetFullPath(manifest);
            var path = Path.Combine(parsed.GetValue(folder)!, FileName);
            if (File.Exists(path) && !parsed.GetValue(force))
                throw new IOException($"{path} is there already; --force replaces it");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(SettingsFile.Text(SettingsCommand.All(), given)));
            Console.WriteLine($"{path}: uncomment what you change. `ssl doctor` checks it, `ssl up` starts everything here.");
            return Task.CompletedTask;
        });
    }
}
