using System.CommandLine;

namespace Ssl.Cli.Street;

/// <summary>The folder in which one <c>ssl up</c> keeps everything: registry, replay store, checkpoints, the broker's address.</summary>
sealed record DataFolder(string Path)
{
    public string Registry => System.IO.Path.Combine(Path, "registry");

    public string Learner => System.IO.Path.Combine(Path, "learner");

    public string BrokerAddress => System.IO.Path.Combine(Path, "kafka.address");

    public static Option<string> Option() => new("--data") { Description = "folder for everything that is kept", DefaultValueFactory = _ => "data" };
}
