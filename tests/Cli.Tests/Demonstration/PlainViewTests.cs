using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ssl.Cli.Demonstration;
using Ssl.Cli.Street;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Demonstration;

public sealed class PlainViewTests
{
    static Snapshot At(int second, params RecognizerScore[] scores) => new()
    {
        Elapsed = TimeSpan.FromSeconds(second),
        IngestedSeconds = 90,
        HoursHeard = 1.5,
        Steps = 12,
        ContrastiveLoss = 3.25,
        MaskedPredictionLoss = null,
        ContrastiveAccuracy = 0.5,
        MaskedPredictionAccuracy = null,
        CodePerplexity = 99,
        EncoderNumber = 2,
        ChampionNumber = scores.LastOrDefault(s => s.Promoted)?.Number ?? 0,
        Scores = scores,
        Examples = [new SpokenExample("goodbye", "gobye", 1)],
        Warnings = [],
        Address = "http://localhost:8080/",
    };

    static async IAsyncEnumerable<Snapshot> Sequence(params Snapshot[] snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            await Task.Yield();
            yield return snapshot;
        }
    }

    [Fact]
    public async Task Every_swap_and_every_refusal_is_a_line()
    {
        var first = new RecognizerScore(1, 1, 0.8, 0.95, Promoted: true, TimeSpan.FromSeconds(5));
        var second = new RecognizerScore(2, 2, 0.9, 0.99, Promoted: false, TimeSpan.FromSeconds(6));
        var output = new StringWriter();
        await PlainView.ShowAsync(Sequence(At(0), At(5, first), At(6, first, second), At(7, first, second)), output);
        var lines = output.ToString().Split('\n');
        Assert.Single(lines, l => l.Contains("SWAP: promoted recognizer 1 (encoder 1): CER 0.800, WER 0.950", StringComparison.Ordinal));
        Assert.Single(lines, l => l.Contains("refused recognizer 2", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("said \"goodbye\", heard \"gobye\"", StringComparison.Ordinal));
        Assert.Single(lines, l => l.Contains("ingested 1.5 min", StringComparison.Ordinal));
    }

    [Fact]
    public void The_live_page_can_be_drawn_at_every_stage()
    {
        var console = Spectre.Console.AnsiConsole.Create(
            new Spectre.Console.AnsiConsoleSettings { Out = new Spectre.Console.AnsiConsoleOutput(new StringWriter()) });
        console.Write(LiveView.Page(At(0)));
        console.Write(LiveView.Page(At(9, new RecognizerScore(1, 1, 0.8, 0.95, true, TimeSpan.Zero)) with
        {
            Warnings = ["[not markup]"],
            Examples = [new SpokenExample("[a]", "[/b]", 1)]
        }));
    }

    [Fact]
    public async Task A_recording_has_a_frame_at_the_start_at_each_recognizer_and_at_the_end()
    {
        using var folder = new TemporaryFolder();
        var recording = new SvgRecording(folder.File("made/at/once/demo.svg"));
        recording.Write();
        Assert.Empty(Directory.EnumerateFiles(folder.File("made/at/once")));
        var first = new RecognizerScore(1, 1, 0.811, 0.95, Promoted: true, TimeSpan.Zero);
        var second = new RecognizerScore(2, 2, 0.722, 0.9, Promoted: true, TimeSpan.Zero);
        var shown = recording.WatchAsync(Sequence(
            At(0) with { Steps = 0 }, At(1), At(2), At(60, first), At(61, first), At(120, first, second),
            At(180, first, second) with { Examples = [new SpokenExample("<a> & \"b\"", "[c\u001b\u0000\ud800]", 2)] }));
        Assert.Equal(7, await shown.CountAsync(TestContext.Current.CancellationToken));
        recording.Write();
        var svg = XDocument.Load(Assert.Single(Directory.EnumerateFiles(folder.File("made/at/once"))));
        var frames = svg.Root!.Elements().Where(e => e.Name.LocalName == "g").Select(e => e.Value).ToArray();
        Assert.Equal(["00:00:01", "00:01:00", "00:02:00", "00:03:00"], frames.Select(f => Regex.Match(f, "[0-9:]{8}").Value));
        Assert.Equal([false, true, true, true], frames.Select(f => f.Contains("0.811", StringComparison.Ordinal)));
        Assert.Contains("<a> & \"b\"", frames[^1]);
        Assert.Contains("[c\ufffd]", frames[^1]);
    }

    [Theory]
    [InlineData("file/demo.svg")]
    [InlineData("folder")]
    public async Task A_recording_that_cannot_be_written_is_refused_before_anything_starts(string path)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("folder"));
        await File.WriteAllTextAsync(folder.File("file"), "", TestContext.Current.CancellationToken);
        var run = new DemonstrationRun(new DataFolder(folder.File("data")), plain: true, folder.File(path), TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(() => run.RunAsync([], new CancellationToken(canceled: true)));
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public void A_sample_is_found_by_its_series_and_summed_by_its_name()
    {
        var page = new PrometheusText("# HELP a b\na{t=\"x\"} 1.5\na{t=\"y\"} 2\nab 7\nbad line\nc NaN\n");
        Assert.Equal(1.5, page["a{t=\"x\"}"]);
        Assert.Equal(3.5, page.Sum("a"));
        Assert.Null(page["missing"]);
        Assert.Equal(double.NaN, page["c"]);
    }
}
