using System.CommandLine;
using System.Text.Json;
using Ssl.Cli.Client;
using Ssl.Cli.Labels;
using Ssl.Cli.Progress;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Cli.Commands;

/// <summary>
/// <c>ssl labels check MANIFEST</c>: what a labelled set holds, and every line that will be left out. <c>ssl labels next</c>: which
/// segments of the stream to label next.
/// </summary>
static class LabelsCommand
{
    public static Command Create()
    {
        var manifest =
            new Argument<string>("MANIFEST") { Description = "manifest.jsonl: audio_filepath, text, offset, duration, speaker, split" };
        const string about = "hours, speakers, letters and every problem of a labelled set; exit code 1 if there is a problem";
        var json = JsonOutput.Option();
        var check = new Command("check", about) { manifest, json };
        check.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var configuration = SslHost.CreateBuilder([.. parsed.UnmatchedTokens], defaultPort: 0).Configuration;
            var moved = FormerSettings.Add(new MovedSettings());
            var options = ValidatedOptions.Read<TranscriberOptions>(configuration, TranscriberOptions.Section, moved).Labels;
            var labels = LabelledManifest.Read(parsed.GetValue(manifest)!);
            var terminal = parsed.GetValue(json) ? null : ProgressBars.Terminal();
            var report = await ProgressBars.ShowAsync(terminal, "recordings", bars => Task.Run(() =>
                LabelReport.Of(labels, options.Policy, read => bars.Report("check", read, labels.Entries.Count), ct), ct));
            if (parsed.GetValue(json))
                JsonOutput.Print(report.Fields());
            else
                await Console.Out.WriteLineAsync(report.ToString());
            foreach (var problem in report.Problems.Where(_ => !parsed.GetValue(json)))
                await Console.Error.WriteLineAsync($"ssl: {problem}");
            if (report.Problems.Count > 0)
                Environment.ExitCode = 1;
        });
        return new Command("labels", "check a labelled set, or ask which minutes to label next") { check, Next() };
    }

    static Command Next()
    {
        var minutes = new Option<double>("--minutes") { Description = "audio to label, 15 at most", DefaultValueFactory = _ => 3 };
        var line = new Option<string?>("--line") { Description = "line of recognizers, where it is not ssl" };
        var json = new Option<bool>("--json") { Description = "print the service's answer as it is" };
        var save = new Option<string?>("--save") { Description = "folder for the segments as WAV files, for ssl label" };
        var server = ServiceOptions.Server();
        const string about = "segments of the stream that are worth a label most; needs a key with the scope admin in SSL_API_KEY";
        return new Command("next", about) { minutes, line, json, save, server }.WithAction(async (parsed, ct) =>
        {
            using var client = ServiceOptions.Connect(parsed.GetValue(server));
            var answer = await client.LabelsNextAsync(parsed.GetValue(minutes), parsed.GetValue(line), ct);
            var proposals = JsonDocument.Parse(answer).RootElement;
            if (parsed.GetValue(save) is { } folder)
                await SaveAsync(client, proposals, Directory.CreateDirectory(folder).FullName, ct);
            if (parsed.GetValue(json))
                Console.WriteLine(answer);
            else
                NextLabels.Print(proposals, Console.Out);
        });
    }

    static async Task SaveAsync(ServiceClient client, JsonElement proposals, string folder, CancellationToken ct)
    {
        foreach (var proposal in proposals.GetProperty("data").EnumerateArray())
            await client.DownloadAsync(proposal.GetProperty("audio_url").GetString()!,
                Path.Combine(folder, proposal.GetProperty("id").GetString() + ".wav"), ct);
    }
}
