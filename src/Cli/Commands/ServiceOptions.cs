using System.CommandLine;
using Ssl.Cli.Client;

namespace Ssl.Cli.Commands;

/// <summary>Options of commands that ask a running service.</summary>
static class ServiceOptions
{
    public const string DefaultServer = "http://localhost:8080";
    static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);

    public static Option<string> Server() => new("--server")
    {
        Description = "address of the transcription service",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SSL_SERVER") ?? DefaultServer,
    };

    public static Option<string> Model() =>
        new("--model") { Description = "ssl (the champion), ssl@candidate, ssl@17", DefaultValueFactory = _ => "ssl" };

    public static ServiceClient Connect(string? server) =>
        new(Address(server), RequestTimeout, Environment.GetEnvironmentVariable("SSL_API_KEY"));

    /// <exception cref="InvalidDataException">It is not an http address.</exception>
    public static Uri Address(string? server) => Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new InvalidDataException($"--server: '{server}' is not an http address such as http://localhost:8080");
}
