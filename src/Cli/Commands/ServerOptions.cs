using System.CommandLine;
using Ssl.Cli.Client;

namespace Ssl.Cli.Commands;

/// <summary>What every client command asks for: where the service is and how long to wait for it.</summary>
sealed class ServerOptions
{
    static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);

    public Option<Uri> Server { get; } = new("--server")
    {
        Description = "address of the transcription service",
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable("SSL_SERVER") ?? "http://localhost:8080"),
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : Refuse(result),
    };

    public ServiceClient Connect(ParseResult parsed) => new(parsed.GetValue(Server)!, RequestTimeout);

    static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--server: '{result.Tokens[0].Value}' is not an http address such as http://localhost:8080");
        return null;
    }
}
