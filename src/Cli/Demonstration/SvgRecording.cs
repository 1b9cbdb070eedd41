using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;
using System.Xml;
using Spectre.Console;
using Spectre.Console.Rendering;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Cli.Demonstration;

/// <summary>
/// Keeps the live page as it was first, at each new recognizer and at the end, as one animated SVG. Who shows no animation sees the last.
/// </summary>
sealed class SvgRecording
{
    const int Columns = 112;
    const int MaxFrames = 10;
    const double CellWidth = 8, CellHeight = 17, Baseline = 13; // pixels, at a font size of 13
    const double SecondsPerFrame = 3;
    const string Background = "#0d1117", Text = "#e6edf3";

    /// <summary>The colours of the page, as they are read well on the background.</summary>
    static readonly Dictionary<Color, string> Colours = new()
    {
        [Color.Green] = "#3fb950",
        [Color.Yellow] = "#d29922",
        [Color.Grey] = "#8b949e",
    };

    readonly string path;
    readonly List<IRenderable> frames = [];
    readonly IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
    Snapshot? last;

    /// <param name="path">File that <see cref="Write"/> makes or replaces. Its folder is made now: no run is lost.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written there.</exception>
    public SvgRecording(string path)
    {
        this.path = Path.GetFullPath(path);
        (console.Profile.Width, console.Profile.Capabilities.Unicode) = (Columns, true);
        if (Directory.Exists(this.path))
            throw new IOException($"--svg: {path} is a folder; name a file");
        Directory.CreateDirectory(Path.GetDirectoryName(this.path)!);
        var probe = $"{this.path}.{Guid.NewGuid():N}.tmp"; // as the file is written later
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    }

    /// <summary>Passes snapshots on.</summary>
    public async IAsyncEnumerable<Snapshot> WatchAsync(
        IAsyncEnumerable<Snapshot> snapshots, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var snapshot in snapshots.WithCancellation(ct))
        {
            if (frames.Count < MaxFrames - 1 && snapshot.Steps > 0 && snapshot.Scores.Count > (last?.Scores.Count ?? -1))
                frames.Add(LiveView.Page(snapshot));
            last = snapshot.Steps > 0 ? snapshot : last;
            yield return snapshot;
        }
    }

    /// <summary>Nothing is written where nothing was learnt.</summary>
    public void Write()
    {
        if (last is null)
            return;
        var pages = frames.Append(LiveView.Page(last)).Select(page => Segment.SplitLines(page.GetSegments(console))).ToArray();
        var (width, height) = (Columns * CellWidth, pages.Max(page => page.Count) * CellHeight);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -10 {{width + 24}} {{height + 20}}" font-family="monospace" font-size="13">
            <style>
            text { white-space: pre }
            g { opacity: 0; animation: frame {{pages.Length * SecondsPerFrame}}s step-end infinite }
            g:last-child { opacity: 1 }
            @keyframes frame { 0% { opacity: 1 } {{100.0 / pages.Length:0.###}}% { opacity: 0 } }
            @media (prefers-reduced-motion: reduce) { g { animation: none } }
            </style>
            <rect x="-12" y="-10" width="100%" height="100%" rx="8" fill="{{Background}}"/>

            """);
        foreach (var (i, page) in pages.Index())
        {
            var delay = (i - pages.Length) * SecondsPerFrame; // all have begun at once, each at its place
            svg.Append(CultureInfo.InvariantCulture, $"<g style=\"animation-delay: {delay}s\" fill=\"{Text}\">\n");
            foreach (var (row, line) in page.Index())
                Append(svg, line, row);
            svg.Append("</g>\n");
        }
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(svg.Append("</svg>\n").ToString()));
    }

    /// <summary>Neighbours of one style in one piece, whose width is set: columns stand above each other in every font.</summary>
    static void Append(StringBuilder svg, SegmentLine line, int row)
    {
        for (int begin = 0, column = 0; begin < line.Count;)
        {
            var style = line[begin].Style;
            var piece = line.Skip(begin).TakeWhile(segment => segment.Style.Equals(style)).ToArray();
            var (text, cells) = (Allowed(string.Concat(piece.Select(segment => segment.Text))), Segment.CellCount(piece));
            if (!string.IsNullOrWhiteSpace(text))
            {
                var colour = Colours.TryGetValue(style.Foreground, out var known) ? $" fill=\"{known}\"" : "";
                var bold = style.Decoration.HasFlag(Decoration.Bold) ? " font-weight=\"bold\"" : "";
                var (x, y) = (column * CellWidth, row * CellHeight + Baseline);
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" textLength=\"{cells * CellWidth}\"{colour}{bold}>");
                svg.Append(SecurityElement.Escape(text)).Append("</text>\n");
            }
            (begin, column) = (begin + piece.Length, column + cells);
        }
    }

    /// <summary>Without what XML cannot hold even escaped: most control characters. Half a surrogate pair becomes U+FFFD.</summary>
    static string Allowed(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));
}
