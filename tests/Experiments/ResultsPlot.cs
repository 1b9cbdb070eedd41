using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>
/// Draws conditions over the experiment's axis, a line for those that differ in nothing else: the mean over seeds, in a band over their
/// range. Drawn is the greedy character error rate on test where there is one, else on another split.
/// </summary>
static class ResultsPlot
{
    const double WidthPixels = 640;
    const double HeightPixels = 400;
    const string Room = "      "; // widths are estimated without fonts, and too small

    /// <summary>Writes an SVG file; false, and nothing written, where no condition is on the axis.</summary>
    public static bool Write(string path, Experiment experiment, IReadOnlyList<DatedMeasurement> measured)
    {
        var split = measured.SelectMany(m => m.Measurement.Figures.HeldOut.Keys).Distinct().Order(StringComparer.Ordinal).LastOrDefault();
        var points = measured.Select(m => PointOf(m, experiment.Axis, split)).OfType<Point>().ToArray();
        if (points.Length == 0)
            return false;
        var plot = new PlotModel { Title = experiment.Name, TitleFontSize = 12, Padding = new OxyThickness(8, 20, 8, 8) };
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = experiment.Axis.Title });
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = $"{split} cer",
            Minimum = 0,
            MajorGridlineStyle = LineStyle.Dot,
        });
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.TopRight, LegendLineSpacing = 8, LegendPadding = 12 });
        foreach (var line in points.GroupBy(p => p.Line))
            Add(plot, line.Key, line);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(new SvgExporter { Width = WidthPixels, Height = HeightPixels }.ExportToString(plot)));
        return true;
    }

    /// <summary>Earlier recipes have lines of their own; earlier decoding does not show in greedy figures.</summary>
    static Point? PointOf(DatedMeasurement dated, PlotAxis axis, string? split) =>
        axis.Value(dated.Row) is > 0 and var x && split is not null && dated.Measurement.Figures.HeldOut.TryGetValue(split, out var score)
            ? new Point(axis.Without(dated.Row) + dated.GreedyAge, x, score.Cer)
            : null;

    static void Add(PlotModel plot, string title, IEnumerable<Point> points)
    {
        var colour = plot.DefaultColors[plot.Series.Count / 2 % plot.DefaultColors.Count];
        var band = new AreaSeries { Color = OxyColors.Transparent, Fill = OxyColor.FromAColor(60, colour) };
        var mean = new LineSeries { Title = title + Room, Color = colour, MarkerType = MarkerType.Circle, MarkerFill = colour };
        foreach (var at in points.GroupBy(p => p.X).OrderBy(g => g.Key))
        {
            mean.Points.Add(new DataPoint(at.Key, at.Average(p => p.Error)));
            band.Points.Add(new DataPoint(at.Key, at.Max(p => p.Error)));
            band.Points2.Add(new DataPoint(at.Key, at.Min(p => p.Error)));
        }
        plot.Series.Add(band);
        plot.Series.Add(mean);
    }

    sealed record Point(string Line, double X, double Error);
}
