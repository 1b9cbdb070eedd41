using System.CommandLine;
using Ssl.Cli.Labels;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl labels check MANIFEST</c>: what a labelled set holds, and every line that will be left out.</summary>
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
            var report = LabelReport.Of(labels, options.Policy, ct);
            if (parsed.GetValue(json))
                JsonOutput.Print(report.Fields());
            else
                await Console.Out.WriteLineAsync(report.ToString());
            foreach (var problem in report.Problems.Where(_ => !parsed.GetValue(json)))
                await Console.Error.WriteLineAsync($"ssl: {problem}");
            if (report.Problems.Count > 0)
                Environment.ExitCode = 1;
        });
        return new Command("labels", "check a labelled set") { check };
    }
}
