using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Ssl.Cli.Models;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl models</c>: lists the versions of the running service; <c>import</c> and <c>export</c> exchange them with transformers.</summary>
static class ModelsCommand
{
    public static Command Create()
    {
        var server = new ServerOptions();
        var command = new Command("models", "list the recognizer versions of the running service") { server.Server, Import(), Export() };
        command.SetAction((parsed, ct) => ClientErrors.ReportAsync(async () =>
        {
            using var client = server.Connect(parsed);
            using var models = await client.ModelsAsync(ct);
            Print(models.RootElement.GetProperty("data"));
            return 0;
        }));
        return command;
    }

    static Command Import()
    {
        var folder = new Argument<string>("FOLDER") { Description = "as save_pretrained writes it: config.json, safetensors, preprocessor and tokenizer files" };
        var promote = new Option<bool>("--promote") { Description = "let it serve in the place of the champion" };
        var bootstrap = new Option<string?>("--bootstrap-servers") { Description = "the broker on which to announce it (default: that of the `ssl up` whose data folder this is)" };
        var data = DataFolder.Option();
        var command = new Command("import", "take a wav2vec2 or wav2vec2-bert folder of transformers into the registry") { folder, promote, bootstrap, data };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, ct) => ClientErrors.ReportAsync(async () =>
        {
            CommandSettings.InitializeTorch(parsed.UnmatchedTokens);
            var place = new DataFolder(parsed.GetValue(data)!);
            var registry = Registry(place);
            var (encoder, recognizer, promoted) = new ModelImport(registry).Run(parsed.GetValue(folder)!, parsed.GetValue(promote));
            Console.WriteLine($"encoder {encoder}{(recognizer is { } number ? $", recognizer ssl@{number}{(promoted ? ", the champion" : "")}" : "")} in {place.Registry}");
            if (recognizer is not null && (parsed.GetValue(bootstrap) is not null || File.Exists(place.BrokerAddress)))
            {
                using var clients = new KafkaClients(BrokerAddress.Find(parsed.GetValue(bootstrap), place).ToOptions(), NullLoggerFactory.Instance);
                await new AliasAnnouncer(clients, registry, NullLogger<AliasAnnouncer>.Instance).AnnounceAsync(ct);
            }
            return 0;
        }));
        return command;
    }

    static Command Export()
    {
        var version = new Argument<string>("VERSION") { Description = "ssl (the champion), ssl@candidate, ssl@17, encoder@42" };
        var folder = new Argument<string>("FOLDER") { Description = "is made; from_pretrained loads it" };
        var data = DataFolder.Option();
        var command = new Command("export", "copy a version out of the registry, for transformers") { version, folder, data };
        command.SetAction((parsed, _) => ClientErrors.ReportAsync(() =>
        {
            var manifest = new ModelExport(Registry(new DataFolder(parsed.GetValue(data)!))).Run(parsed.GetValue(version)!, parsed.GetValue(folder)!);
            Console.WriteLine($"{manifest.Kind.ToString().ToLowerInvariant()} {manifest.Number}: {string.Join(", ", manifest.Files.Keys.Order(StringComparer.Ordinal))}");
            return Task.FromResult(0);
        }));
        return command;
    }

    static ModelRegistry Registry(DataFolder data) => new(new RegistryOptions { Path = data.Registry }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

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
