using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl models</c>: the versions that the running service knows, with their scores.</summary>
static class ModelsCommand
{
    public static Command Create()
    {
        var server = new ServerOptions();
        var command = new Command("models", "list the recognizer versions of the running service") { server.Server };
        command.SetAction((parsed, ct) => ClientErrors.ReportAsync(async () =>
        {
            using var client = server.Connect(parsed);
            using var models = await client.ModelsAsync(ct);
            Print(models.RootElement.GetProperty("data"));
            return 0;
        }));
        return command;
    }

    static void Print(JsonElement models)
    {
        var table = new Table().AddColumns("id", "version", "encoder", "created", "CER", "WER", "aliases");
        foreach (var model in models.EnumerateArray())
            table.AddRow(Text(model, "id"), Text(model, "version"), Text(model, "encoder_version"),
                DateTimeOffset.FromUnixTimeSeconds(model.GetProperty("created").GetInt64()).ToString("u"),
                Share(model, "cer"), Share(model, "wer"), Text(model, "aliases"));
        AnsiConsole.Write(table);
    }

    static string Text(JsonElement model, string name) => !model.TryGetProperty(name, out var value) ? "" : Markup.Escape(
        value.ValueKind == JsonValueKind.Array ? string.Join(' ', value.EnumerateArray().Select(v => v.ToString())) : value.ToString());

    static string Share(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("0.000") : "";
}
