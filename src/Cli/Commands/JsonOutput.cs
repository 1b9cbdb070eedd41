using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ssl.Cli.Commands;

/// <summary><c>--json</c>: one JSON value on standard output, for programs, in place of text for people.</summary>
static class JsonOutput
{
    static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by programs, not by browsers
    };

    public static Option<bool> Option() => new("--json") { Description = "print JSON" };

    public static void Print<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Style));
}
