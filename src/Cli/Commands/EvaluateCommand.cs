using System.CommandLine;
using System.Text.Json;
using Ssl.Cli.Client;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl evaluate MANIFEST</c>: word and character error of the running service on a labelled set.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var (server, model) = (ServiceOptions.Server(), ServiceOptions.Model());
        var manifest = new Argument<string>("MANIFEST") { Description = "manifest.jsonl: audio_filepath, text, split" };
        var split = new Option<string?>("--split") { Description = "only this split" };
        var letterCase = new Option<LetterCase>("--case") { Description = "case of the letters that are compared (Lower, Keep)" };
        var punctuation = new Option<Punctuation>("--punctuation") { Description = "whether punctuation is compared (Drop, Keep)" };
        var limit = new Option<int>("--limit") { Description = "max. number of recordings (0: all)" };
        const string about = "word and character error of the running service on a labelled set";
        var command = new Command("evaluate", about) { manifest, split, model, limit, server, letterCase, punctuation };
        return command.WithAction(async (parsed, ct) =>
        {
            var labels = LabelledManifest.Read(parsed.GetValue(manifest)!);
            if (labels.Entries.FirstOrDefault(e => e.OffsetSeconds > 0) is { } stretch)
                throw new InvalidDataException($"{stretch.Id}: whole files are sent; a line with an offset cannot be scored");
            foreach (var problem in labels.Problems)
                await Console.Error.WriteLineAsync($"ssl: {problem}");
            var chosen = labels.Entries.Where(e => parsed.GetValue(split) is not { } only || e.Split == only);
            var max = parsed.GetValue(limit) is > 0 and var given ? given : int.MaxValue;
            using var client = ServiceOptions.Connect(parsed.GetValue(server));
            await ScoreAsync(client, [.. chosen.Take(max)], parsed.GetValue(model)!,
                new TextPolicy(parsed.GetValue(letterCase), parsed.GetValue(punctuation)), ct);
        });
    }

    static async Task ScoreAsync(
        ServiceClient client, IReadOnlyList<LabelledRecording> recordings, string model, TextPolicy policy, CancellationToken ct)
    {
        if (recordings.Count == 0)
            throw new InvalidDataException("no recording to evaluate: the manifest, or the split, is empty");
        var (words, characters) = (ErrorCounts.None, ErrorCounts.None);
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var recording in recordings)
        {
            var answer = await client.TranscribeAsync(recording.AudioPath, model, "json", ct);
            using var json = JsonDocument.Parse(answer.Body);
            var (reference, hypothesis) =
                (policy.Apply(recording.Text), policy.Apply(json.RootElement.GetProperty("text").GetString()!));
            words += ErrorRate.Words(reference, hypothesis);
            characters += ErrorRate.Characters(reference, hypothesis);
            versions.Add($"{answer.ModelVersion} (encoder {answer.EncoderVersion})");
        }
        Console.WriteLine($"{recordings.Count} recordings, recognizer {string.Join(", ", versions)}");
        Console.WriteLine($"WER {words.Rate:0.000} ({words})");
        Console.WriteLine($"CER {characters.Rate:0.000} ({characters})");
    }
}
