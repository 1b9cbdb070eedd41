using System.CommandLine;
using System.Text.Json;
using Ssl.Cli.Client;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl evaluate MANIFEST</c>: word and character error of the running service on a labelled set.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var server = new ServerOptions();
        var manifest = new Argument<string>("MANIFEST") { Description = "manifest.jsonl: audio_filepath, text, split" };
        var split = new Option<string?>("--split") { Description = "only this split" };
        var model = new Option<string>("--model") { Description = "ssl (the champion), ssl@candidate, ssl@17", DefaultValueFactory = _ => "ssl" };
        var limit = new Option<int>("--limit") { Description = "at most so many recordings (0: all)" };
        var command = new Command("evaluate", "word and character error of the running service on a labelled set") { manifest, split, model, limit, server.Server };
        command.SetAction((parsed, ct) => ClientErrors.ReportAsync(async () =>
        {
            var labels = LabelledManifest.Read(parsed.GetValue(manifest)!);
            foreach (var problem in labels.Problems)
                await Console.Error.WriteLineAsync($"ssl: {problem}");
            var chosen = labels.Entries.Where(e => parsed.GetValue(split) is not { } only || e.Split == only);
            using var client = server.Connect(parsed);
            return await ScoreAsync(client, [.. parsed.GetValue(limit) > 0 ? chosen.Take(parsed.GetValue(limit)) : chosen], parsed.GetValue(model)!, ct);
        }));
        return command;
    }

    static async Task<int> ScoreAsync(ServiceClient client, IReadOnlyList<LabelledRecording> recordings, string model, CancellationToken ct)
    {
        if (recordings.Count == 0)
            throw new InvalidDataException("no recording to evaluate: the manifest, or the split, is empty");
        var (words, characters) = (ErrorCounts.None, ErrorCounts.None);
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var recording in recordings)
        {
            var answer = await client.TranscribeAsync(recording.AudioPath, model, "json", ct);
            using var json = JsonDocument.Parse(answer.Body);
            var (reference, hypothesis) = (Vocabulary.Normalise(recording.Text), json.RootElement.GetProperty("text").GetString()!);
            words += ErrorRate.Words(reference, hypothesis);
            characters += ErrorRate.Characters(reference, hypothesis);
            versions.Add($"{answer.ModelVersion} (encoder {answer.EncoderVersion})");
        }
        Console.WriteLine($"{recordings.Count} recordings, recognizer {string.Join(", ", versions)}");
        Console.WriteLine($"WER {words.Rate:0.000} ({words})");
        Console.WriteLine($"CER {characters.Rate:0.000} ({characters})");
        return 0;
    }
}
