using System.CommandLine;

namespace Ssl.Cli.Street;

/// <summary>Folder of one <c>ssl up</c>: registry, replay store, checkpoints, labels, the broker's address.</summary>
sealed record DataFolder(string Path)
{
    public string Registry => System.IO.Path.Combine(Path, "registry");
    public string Learner => System.IO.Path.Combine(Path, "learner");
    public string Transcriber => System.IO.Path.Combine(Path, "transcriber");
    public string Control => System.IO.Path.Combine(Path, "control.json");
    public string BrokerAddress => System.IO.Path.Combine(Path, "kafka.address");

    /// <summary>Settings of the services that lie in this folder.</summary>
    public Dictionary<string, string?> Places => new()
    {
        ["Registry:Path"] = Registry,
        ["Learner:DataPath"] = Learner,
        ["Transcriber:DataPath"] = Transcriber,
    };

    public static Option<string> Option(string path = "data") =>
        new("--data") { Description = "folder for everything that is kept", DefaultValueFactory = _ => path };
}
