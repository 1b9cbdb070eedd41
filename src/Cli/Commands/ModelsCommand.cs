using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Ssl.Cli.Models;
using Ssl.Cli.Progress;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Cli.Commands;

/// <summary>
/// <c>ssl models</c>: lists the versions of the running service; <c>import</c> and <c>export</c> exchange them with transformers,
/// <see cref="LeverCommands"/> say which one serves.
/// </summary>
static class ModelsCommand
{
    public static Command Create()
    {
        var (server, json) = (ServiceOptions.Server(), JsonOutput.Option());
        const string about = "list the recognizer versions of the running service";
        var command = new Command("models", about) { server, json, Import(), Export() };
        foreach (var lever in LeverCommands.All())
            command.Add(lever);
        return command.WithAction(async (parsed, ct) =>
        {
            using var client = ServiceOptions.Connect(parsed.GetValue(server));
            using var models = await client.ModelsAsync(ct);
            if (parsed.GetValue(json))
                JsonOutput.Print(models.RootElement.GetProperty("data"));
            else
                AnsiConsole.Write(Table(models.RootElement.GetProperty("data")));
        });
    }

    /// <summary>Ids, which users copy, are never broken over lines.</summary>
    internal static Table Table(JsonElement models)
    {
        var table = new Table().AddColumn(new TableColumn("id").NoWrap())
            .AddColumns("version", "encoder", "created", "CER", "WER", "aliases");
        foreach (var model in models.EnumerateArray())
            table.AddRow(Text(model, "id"), Text(model, "version"), Text(model, "encoder_version"),
                DateTimeOffset.FromUnixTimeSeconds(model.GetProperty("created").GetInt64()).ToString("u"),
                Share(model, "cer"), Share(model, "wer"), Text(model, "aliases"));
        return table;
    }

    static Command Import()
    {
        const string files = "as save_pretrained writes it: config.json, weights, preprocessor and tokenizer files, language_model";
        const string about = "take a wav2vec2, hubert or wav2vec2-bert folder of transformers into the registry";
        var folder = new Argument<string>("FOLDER") { Description = files };
        var promote = new Option<bool>("--promote") { Description = "let it serve in the place of the champion" };
        var language = new Option<string?>("--target-lang")
        {
            Description = "language of a folder with several (MMS), e.g. deu; by default the one that its tokenizer names",
        };
        var (bootstrap, data) = (BrokerAddress.Option(), DataFolder.Option());
        var command = new Command("import", about) { folder, promote, language, bootstrap, data };
        return command.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var settings = SslHost.CreateBuilder([.. parsed.UnmatchedTokens], defaultPort: 0).Configuration;
            TorchRuntime.Initialize(ValidatedOptions.Read<TorchOptions>(settings, TorchOptions.Section));
            var place = new DataFolder(parsed.GetValue(data)!);
            var options = DataFolder.RegistryOf(parsed, data);
            var (encoder, recognizer, promoted) = await ProgressBars.ShowAsync(ProgressBars.Terminal(), null, bars => Task.Run(() =>
                new ModelImport(Registry(options, bars), bars).Run(
                    parsed.GetValue(folder)!, parsed.GetValue(promote), parsed.GetValue(language)), ct));
            var made = recognizer is { } number ? $", recognizer ssl@{number}{(promoted ? ", the champion" : "")}" : "";
            Console.WriteLine($"encoder {encoder}{made} in {options.Path}");
            if (recognizer is null || (parsed.GetValue(bootstrap) is null && !File.Exists(place.BrokerAddress)))
                return;
            var broker = BrokerAddress.Find(parsed.GetValue(bootstrap), place);
            using var clients = new KafkaClients(broker.ToOptions(), NullLoggerFactory.Instance);
            await new AliasAnnouncer(clients, Registry(options), NullLogger<AliasAnnouncer>.Instance).AnnounceAsync(ct);
        });
    }

    static Command Export()
    {
        var version = new Argument<string>("VERSION") { Description = "ssl (the champion), ssl@candidate, ssl@17, encoder@42" };
        var folder = new Argument<string>("FOLDER") { Description = "is made; from_pretrained loads it" };
        var data = DataFolder.Option();
        var command = new Command("export", "copy a version out of the registry, for transformers") { version, folder, data };
        return command.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var options = DataFolder.RegistryOf(parsed, data);
            var manifest = await ProgressBars.ShowAsync(ProgressBars.Terminal(), null, bars => Task.Run(() =>
                new ModelExport(Registry(options, bars), bars).Run(parsed.GetValue(version)!, parsed.GetValue(folder)!), ct));
            var files = string.Join(", ", manifest.Files.Keys.Order(StringComparer.Ordinal));
            Console.WriteLine($"{manifest.Kind.ToString().ToLowerInvariant()} {manifest.Number}: {files}");
        });
    }

    static ModelRegistry Registry(RegistryOptions options, ProgressBars? bars = null) =>
        new(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance, bars);

    static string Text(JsonElement model, string name) => !model.TryGetProperty(name, out var value) ? "" : Markup.Escape(
        value.ValueKind == JsonValueKind.Array ? string.Join(' ', value.EnumerateArray()) : value.ToString());

    static string Share(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("0.000") : "";
}
