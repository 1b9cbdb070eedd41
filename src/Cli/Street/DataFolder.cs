using System.CommandLine;
using Microsoft.Extensions.Configuration.Memory;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;

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

    /// <summary><see cref="Places"/> as on the command line of a service.</summary>
    public IEnumerable<string> PlacesTyped => Places.Select(place => $"--{place.Key}={place.Value}");

    /// <summary>The settings of a service: file, environment, command line; where they say nothing, places in this folder.</summary>
    /// <exception cref="InvalidSettingException">A name of the command line or of the file is misspelt.</exception>
    public IConfiguration Configure(IEnumerable<string> settings)
    {
        var configuration = SslHost.CreateBuilder([.. settings], defaultPort: 0).Configuration;
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = Places });
        return configuration;
    }

    /// <summary>
    /// The registry that a command works on: <c>--Registry:Path=s3://bucket/prefix</c>, else that of the folder which <c>--data</c> names,
    /// else what environment and file say, else that of the default folder.
    /// </summary>
    /// <exception cref="InvalidSettingException">As <see cref="Configure"/>, or a value is wrong.</exception>
    public static RegistryOptions RegistryOf(ParseResult parsed, Option<string> data) =>
        ValidatedOptions.Read<RegistryOptions>(
            new DataFolder(parsed.GetValue(data)!).Configure(Typed(parsed, data)), RegistryOptions.Section);

    /// <summary>
    /// The settings that follow a command and, before them, the places in the folder if <c>--data</c> was typed: they win over environment
    /// and file, and a setting that was typed wins over them.
    /// </summary>
    public static string[] Typed(ParseResult parsed, Option<string> data)
    {
        var isTyped = parsed.GetResult(data) is { Implicit: false };
        return [.. isTyped ? new DataFolder(parsed.GetValue(data)!).PlacesTyped : [], .. parsed.UnmatchedTokens];
    }

    public static Option<string> Option(string path = "data") =>
        new("--data") { Description = "folder for everything that is kept", DefaultValueFactory = _ => path };
}
