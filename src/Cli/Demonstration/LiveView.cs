using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ssl.Cli.Demonstration;

/// <summary>The demonstration as a page in the terminal, redrawn in place.</summary>
static class LiveView
{
    const int ShownScores = 8;
    const int ShownExamples = 5;

    /// <summary>Redraws every time <paramref name="snapshots"/> yields, until it ends.</summary>
    public static Task ShowAsync(IAsyncEnumerable<Snapshot> snapshots) =>
        AnsiConsole.Live(new Text("starting ...")).AutoClear(false).StartAsync(async live =>
        {
            await foreach (var snapshot in snapshots)
            {
                live.UpdateTarget(Page(snapshot));
                live.Refresh();
            }
        });

    internal static IRenderable Page(Snapshot s)
    {
        var parts = new List<IRenderable>
        {
            new Rule($"[bold]ssl[/]  {s.Elapsed:hh\\:mm\\:ss}  [grey]{Markup.Escape(s.Address)}  Ctrl-C ends it[/]").LeftJustified(),
            new Columns(Listening(s), Recognizers(s)) { Expand = false },
            Examples(s),
        };
        if (s.Warnings.Count > 0)
            parts.Add(new Panel(Markup.Escape(string.Join('\n', s.Warnings.TakeLast(3)))).Header("warnings").BorderColor(Color.Yellow));
        return new Rows(parts);
    }

    static Table Listening(Snapshot s) => new Table().Border(TableBorder.Rounded).Title("listening").HideHeaders().AddColumns("", "")
        .AddRow("audio ingested", $"{s.IngestedSeconds / 60:0.0} min")
        .AddRow("heard by the encoder", $"{s.HoursHeard:0.00} h in {s.Steps} steps")
        .AddRow("contrastive loss", $"{Figure(s.ContrastiveLoss)}  (accuracy {Figure(s.ContrastiveAccuracy)})")
        .AddRow("masked prediction loss", $"{Figure(s.MaskedPredictionLoss)}  (accuracy {Figure(s.MaskedPredictionAccuracy)})")
        .AddRow("code perplexity", s.CodePerplexity is { } codes ? $"{codes:0.0}" : "-")
        .AddRow("encoder version", s.EncoderNumber > 0 ? $"{s.EncoderNumber}" : "none yet");

    static Table Recognizers(Snapshot s)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("recognizers, on held-out prompts")
            .AddColumns("version", "encoder", "CER", "WER", "at", "");
        foreach (var score in s.Scores.TakeLast(ShownScores))
            table.AddRow(
                $"{score.Number}", $"{score.EncoderNumber}", $"{score.CharacterErrorRate:0.000}", $"{score.WordErrorRate:0.000}",
                $"{score.Elapsed:mm\\:ss}",
                score.Number == s.ChampionNumber ? "[green]serving[/]" : score.Promoted ? "[grey]served[/]" : "[yellow]refused[/]");
        if (s.Scores.Count == 0)
            table.AddRow("none yet", "", "", "", "", "[grey]fine-tuning waits for an encoder[/]");
        return table;
    }

    static Table Examples(Snapshot s)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("transcripts of held-out prompts").AddColumns("said", "heard", "by");
        foreach (var example in s.Examples.TakeLast(ShownExamples))
            table.AddRow(Markup.Escape(example.Reference), Markup.Escape(example.Text), $"{example.RecognizerNumber}");
        return table;
    }

    static string Figure(double? value) => value is { } v ? $"{v:0.000}" : "-";
}
