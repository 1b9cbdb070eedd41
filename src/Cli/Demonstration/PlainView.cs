using System.Globalization;

namespace Ssl.Cli.Demonstration;

/// <summary>The demonstration as lines, for a log or a pipe: one every ten seconds, and one for each recognizer.</summary>
static class PlainView
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public static async Task ShowAsync(IAsyncEnumerable<Snapshot> snapshots, TextWriter output)
    {
        var (next, scores, warning) = (TimeSpan.Zero, 0, "");
        await foreach (var s in snapshots)
        {
            foreach (var score in s.Scores.Skip(scores))
                await output.WriteLineAsync(Line(score, s));
            scores = s.Scores.Count;
            if (s.Warnings.Count > 0 && s.Warnings[^1] != warning)
                await output.WriteLineAsync(warning = s.Warnings[^1]);
            if (s.Elapsed < next)
                continue;
            next = s.Elapsed + Every;
            await output.WriteLineAsync(Line(s));
        }
    }

    internal static string Line(Snapshot s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.Elapsed:hh\\:mm\\:ss} ingested {s.IngestedSeconds / 60:0.0} min, heard {s.HoursHeard:0.00} h, step {s.Steps}, "
        + $"contrastive {s.ContrastiveLoss:0.000} (accuracy {s.ContrastiveAccuracy:0.000}), "
        + $"masked {s.MaskedPredictionLoss:0.000} (accuracy {s.MaskedPredictionAccuracy:0.000}), perplexity {s.CodePerplexity:0.0}, "
        + $"encoder {s.EncoderNumber}, serving {(s.ChampionNumber > 0 ? s.ChampionNumber : "nothing yet")}");

    internal static string Line(RecognizerScore score, Snapshot s)
    {
        var verdict = score.Promoted ? "SWAP: promoted" : "refused";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{score.Elapsed:hh\\:mm\\:ss} {verdict} recognizer {score.Number} (encoder {score.EncoderNumber}): "
            + $"CER {score.CharacterErrorRate:0.000}, WER {score.WordErrorRate:0.000} on held-out prompts");
        return s.Examples is not [.., var last] ? line
            : $"{line}\n         said \"{last.Reference}\", heard \"{last.Text}\" (recognizer {last.RecognizerNumber})";
    }
}
