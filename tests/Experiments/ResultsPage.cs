using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>Writes what was measured as one page of tables: a row for each condition, the mean over its seeds and how far they lie apart.</summary>
static partial class ResultsPage
{
    /// <param name="path">A Markdown file; whole or as before.</param>
    public static void Write(string path, string resultsFolder)
    {
        var page = new StringBuilder("# What it learns\n\nMade by `ssl experiment`; the figures stand beside this page as JSON. Mean over seeds; in brackets the lowest and the highest. Losses are CTC's, in nats a letter. \"Earlier defaults\": settings of the services have changed since.\n");
        foreach (var experiment in Experiment.All)
        {
            var results = new ResultsFile(Path.Combine(resultsFolder, $"{experiment.Name}.json"));
            if (results.Measured.Count == 0)
                continue;
            Append(page, experiment, results);
            if (ResultsPlot.Write(Path.Combine(resultsFolder, $"{experiment.Name}.svg"), experiment, results))
                page.Append(CultureInfo.InvariantCulture, $"\n![{experiment.Question}]({Path.GetFileName(resultsFolder.TrimEnd('/'))}/{experiment.Name}.svg)\n");
        }
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(page.ToString()));
    }

    static void Append(StringBuilder page, Experiment experiment, ResultsFile results)
    {
        var names = results.Measured.Values.SelectMany(m => m.Figures.Keys).Distinct().Where(IsHeldOut).Order(StringComparer.Ordinal).ToArray();
        page.Append(CultureInfo.InvariantCulture, $"\n## {experiment.Name}: {experiment.Question}\n\n`ssl experiment {experiment.Name}`\n\n| condition | seeds |");
        page.AppendJoin("", names.Select(n => $" {n} |")).Append("\n|---|---|").AppendJoin("", names.Select(_ => "---|")).Append('\n');
        foreach (var condition in results.Measured.GroupBy(m => Seed().Replace(m.Key, "") + m.Value.Mark))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {condition.Key} | {condition.Count()} |");
            foreach (var name in names)
            {
                var values = condition.Where(m => m.Value.Figures.ContainsKey(name)).Select(m => m.Value.Figures[name]).ToArray();
                page.Append(values.Length == 0 ? " |" : string.Create(CultureInfo.InvariantCulture, $" {values.Average():0.000} [{values.Min():0.000}, {values.Max():0.000}] |"));
            }
            page.Append('\n');
        }
    }

    /// <summary>Of a held-out part: "test cer, n-grams", "dev loss"; not the "loss" that was trained on.</summary>
    static bool IsHeldOut(string name) => name.Split(',')[0].Split(' ') is [_, "cer" or "wer" or "loss"];

    [GeneratedRegex(@", seed \d+$")]
    private static partial Regex Seed();
}
