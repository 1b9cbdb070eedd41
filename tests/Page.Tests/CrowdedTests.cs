using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Page.Tests;

/// <summary>A registry of 200 versions of ten lines, whose texts and names of domains and speakers are long and hold markup.</summary>
public sealed class CrowdedTests : IDisposable
{
    const int Versions = 200;
    const string Markup = "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script>";
    static readonly string[] Lines = ["german", "a-line-with-a-name-that-is-much-longer-than-a-telephone-is-wide",
        .. Enumerable.Range(3, 7).Select(i => $"line-{i}")]; // and the default line

    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly string key = ApiKey.NewText();

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
    }

    /// <summary>320 and 640: a screen of 1280 at 400 and at 200 %.</summary>
    public static TheoryData<int, bool> Widths => new() { { 320, false }, { 375, true }, { 640, true }, { 1280, false } };

    [Theory, MemberData(nameof(Widths))]
    public async Task Many_versions_and_hostile_texts_stay_readable_and_are_text(int width, bool isDark)
    {
        Fill();
        await using var browser = await Chromium.StartAsync();
        await using var service = await PageService.StartAsync(folder, kafka,
            [.. Lines.Select(line => $"--Transcriber:Lines:{line}:Labels:HeldOutShare=0.2")], services => { }, (key, KeyScope.Admin));
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.EnterKeyAsync(key);
        await view.UntilShownAsync("#versions-rows [data-lever]");
        Assert.True((await view.TextsAsync("#versions-rows tr")).Length < Versions / 2);
        Assert.Contains(Markup, await view.TextAsync("versions-rows"));
        await view.UntilAsync($"document.getElementById('parts').innerText.includes(`domain {Markup}`)", "names are text");
        await view.UntilAsync($"document.getElementById('line').options.length === {Lines.Length + 1}");
        await view.UntilAsync($"document.getElementById('labels-line').options.length === {Lines.Length + 1}");
        await view.PhotographAsync("crowded");
        await view.ClickAsync("#versions-more");
        Assert.Equal(Versions, (await view.TextsAsync("#versions-rows tr")).Length);
        Assert.NotEqual("bad", await view.AskAsync<string>("document.title"));
        await view.AssertSoundAsync();
    }

    void Fill()
    {
        var options = new RegistryOptions { Path = folder.File("registry"), KeepVersions = Versions };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var epoch = registry.AcquireEpoch("test");
        for (var i = 0; i < Versions; i++)
        {
            var (line, error) = (i % (Lines.Length + 1), 0.9 - 0.003 * i);
            var figures = Figures(GateFigures.Gate, error);
            var draft = new ManifestDraft
            {
                Line = line == 0 ? null : Lines[line - 1],
                EncoderNumber = i + 1,
                Scores = new RecognizerScores { CharacterErrorRate = error, WordErrorRate = error },
                Health = ModelHealth.Refused($"{Markup} {new string('x', 300)} {string.Join(' ', Enumerable.Repeat("because", 60))}"),
                Gate = new GateReport
                {
                    Verdict = GateVerdicts.Equal,
                    Reasons = [Markup],
                    Sets = [figures, Figures($"domain {Markup}", error), Figures($"speaker {new string('y', 200)}", error)],
                },
            };
            registry.Publish(ModelKind.Recognizer, draft, epoch, path => File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
        }
    }

    static GateFigures Figures(string name, double error) => new()
    {
        Name = name,
        Recordings = 12,
        CharacterErrorRate = error,
        WordErrorRate = error,
        ChampionCharacterErrorRate = error + 0.01,
        ChampionWordErrorRate = error + 0.01,
        CharacterDifference = [-0.02, 0.01],
        WordDifference = [-0.02, 0.01],
    };
}
