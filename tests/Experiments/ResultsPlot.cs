using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>
/// Draws conditions that differ in a number ("pretrained, 010 labels a digit") as a line over that number: the mean over seeds, and a band from the lowest to
/// the highest. Drawn is the character error on test where there is one, else on another part.
/// </summary>
static partial class ResultsPlot
{
    const double WidthPixels = 640;
    const double HeightPixels = 400;
    const string Room = "      "; // widths are estimated without fonts, and too small

    /// <summary>Writes an SVG file; false, and nothing written, where no condition has a number.</summary>
    public static bool Write(string path, Experiment experiment, ResultsFile results)
    {
        var figure = results.Measured.Values.SelectMany(m => m.Figures.Keys).Where(name => name.EndsWith(" cer", StringComparison.Ordinal)).Order(StringComparer.Ordinal).LastOrDefault();
        var points = results.Measured.Where(m => figure is not null && m.Value.Figures.ContainsKey(figure)).Select(m => (Match: Condition().Match(m.Key), m.Value.Mark, Error: m.Value.Figures[figure!])).Where(p => p.Match.Success)
            .Select(p => (Line: p.Match.Groups["line"].Value + p.Mark, Unit: p.Match.Groups["unit"].Value, X: double.Parse(p.Match.Groups["x"].Value, CultureInfo.InvariantCulture), p.Error)).GroupBy(p => p.Unit).MaxBy(unit => unit.Count())?.ToArray() ?? [];
        if (points.Length == 0)
            return false;
        var plot = new PlotModel { Title = experiment.Name, TitleFontSize = 12, Padding = new OxyThickness(8, 20, 8, 8) };
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = points[0].Unit });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = figure!, Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.TopRight, LegendLineSpacing = 8, LegendPadding = 12 });
        foreach (var line in points.GroupBy(p => p.Line))
        {
            var colour = plot.DefaultColors[plot.Series.Count / 2 % plot.DefaultColors.Count];
            var band = new AreaSeries { Color = OxyColors.Transparent, Fill = OxyColor.FromAColor(60, colour) };
            var mean = new LineSeries { Title = line.Key + Room, Color = colour, MarkerType = MarkerType.Circle, MarkerFill = colour };
            foreach (var at in line.GroupBy(p => p.X).OrderBy(g => g.Key))
            {
                mean.Points.Add(new DataPoint(at.Key, at.Average(p => p.Error)));
                band.Points.Add(new DataPoint(at.Key, at.Max(p => p.Error)));
                band.Points2.Add(new DataPoint(at.Key, at.Min(p => p.Error)));
            }
            plot.Series.Add(band);
            plot.Series.Add(mean);
        }
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(new SvgExporter { Width = WidthPixels, Height = HeightPixels }.ExportToString(plot)));
        return true;
    }

    [GeneratedRegex(@"^(?<line>.*?),? ?(?<x>\d+(\.\d+)?) (?<unit>[a-z][a-z ]*), seed \d+$")]
    private static partial Regex Condition();
}
