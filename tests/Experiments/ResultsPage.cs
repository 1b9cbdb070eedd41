using System.Globalization;
using System.Text;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>Writes all figures as one page of tables: a row for each condition, the mean over its seeds and the range.</summary>
static class ResultsPage
{
    const string Heading = """
        # What it learns

        Made by `make experiments`; the figures stand beside this page as JSON. Each cell is the mean over seeds, then the range. CER and
        WER are the shares of wrong characters and words (above 1 where much is inserted), losses CTC losses in nats per letter. What was
        tried and why: [lab notes](lab/README.md).

        A row marked "earlier recipe" was measured with settings or data that have changed since, and not again: it shows what was true
        then, and does not compare with unmarked rows. "N-grams: earlier decoding" says the same of the columns with n-grams alone.

        """;

    /// <summary>Replaces <c>results.md</c> beside the folder of figures, and the plots in it.</summary>
    public static void Write(ExperimentSetting setting)
    {
        var folder = setting.Folders.Results.TrimEnd('/');
        var page = new StringBuilder(Heading);
        foreach (var experiment in Experiment.All)
        {
            var measured = DatedMeasurement.Read(experiment, setting);
            if (measured.Count == 0)
                continue;
            Append(page, experiment, measured);
            if (ResultsPlot.Write(Path.Combine(folder, $"{experiment.Name}.svg"), experiment, measured))
            {
                var plot = $"{Path.GetFileName(folder)}/{experiment.Name}.svg";
                page.Append(CultureInfo.InvariantCulture, $"\n![{experiment.Question}]({plot})\n");
            }
        }
        AtomicFile.Write(folder + ".md", Encoding.UTF8.GetBytes(page.ToString()));
    }

    static void Append(StringBuilder page, Experiment experiment, IReadOnlyList<DatedMeasurement> measured)
    {
        var splits = measured.SelectMany(m => m.Measurement.Figures.HeldOut.Keys).Distinct().Order(StringComparer.Ordinal);
        var columns = splits.SelectMany(split => HeldOutMetric.All.Select(metric => (Split: split, Metric: metric))).ToArray();
        page.Append(CultureInfo.InvariantCulture, $"\n## {experiment.Name}: {experiment.Question}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"`make experiments ARGS=\"{experiment.Name}\"`\n\n");
        page.Append("| condition | seeds |").AppendJoin("", columns.Select(c => $" {c.Split} {c.Metric.Name} |"));
        page.Append("\n|---|---|").AppendJoin("", columns.Select(_ => "---|")).Append('\n');
        foreach (var row in measured.GroupBy(m => (m.Row, m.Age)))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row.Key.Row}{row.Key.Age} | {row.Count()} |");
            foreach (var (split, metric) in columns)
            {
                var scores = row.Select(m => m.Measurement.Figures.HeldOut.GetValueOrDefault(split)).OfType<HeldOutScore>();
                page.Append(Cell(scores.Select(metric.Of)));
            }
            page.Append('\n');
        }
    }

    static string Cell(IEnumerable<double?> figures)
    {
        var values = figures.OfType<double>().ToArray();
        return values.Length == 0
            ? " |"
            : string.Create(CultureInfo.InvariantCulture, $" {values.Average():0.000} [{values.Min():0.000}, {values.Max():0.000}] |");
    }
}
