using System.Globalization;
using PuppeteerSharp.Input;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Page.Tests;

/// <summary>Speaking, and giving a file.</summary>
public sealed class TranscribeTests(TaughtService service)
{
    const double MaxError = 0.5; // of letters: of a small recognizer on a recording that starts anywhere

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task Words_appear_while_somebody_speaks(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.ClickAsync("#speak");
        await view.UntilAsync("document.getElementById('speak').textContent === 'Stop'");
        await view.UntilAsync("document.querySelectorAll('#live .segment').length >= 3"); // so the second is whole
        await view.PhotographAsync("speaking");
        await view.AssertAccessibleAsync();
        await view.ClickAsync("#speak");
        await view.UntilAsync("document.getElementById('speak').textContent === 'Speak' && !document.getElementById('speak').disabled");
        await view.UntilAsync("document.querySelector('#live .open') === null"); // all has its final text
        var second = await view.TextsAsync("#live .segment:nth-child(2) .said");
        var error = ErrorRate.Characters(service.Said, string.Join(' ', second)).Rate;
        Assert.True(error < MaxError, $"said '{service.Said}', the page shows '{string.Join(' ', second)}'");
        var starts = await view.AskAsync<string[]>("[...document.querySelectorAll('#live .word')].map((w) => w.dataset.start)");
        Assert.Equal(starts.OrderBy(Number), starts);
        Assert.True(Number(starts[^1]) > 3, "the last word's time counts from the start of the session");
        Assert.True(await view.AskAsync<bool>("[...document.querySelectorAll('#live .word')].every((w) => w.dataset.shade >= '0')"));
        await view.AssertSoundAsync();
    }

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task A_dropped_recording_shows_its_words_with_times_and_confidence(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.UntilAsync("!document.getElementById('file').disabled");
        await view.DropAsync(service.Recording, "<b>said</b>.wav");
        await view.UntilShownAsync("#result .word");
        Assert.Equal("<b>said</b>.wav", (await view.TextsAsync("#result h3")).Single()); // a name is text
        var words = await view.TextsAsync("#result .said");
        Assert.True(ErrorRate.Characters(service.Said, string.Join(' ', words)).Rate < MaxError, string.Join(' ', words));
        Assert.Contains("recognizer 2 on encoder 1", await view.TextAsync("result"));
        Assert.Equal(words.Length, (await view.TextsAsync("#result tbody tr")).Length);
        await view.AskAsync<object?>("document.querySelector('#result .word').focus()");
        await view.PressAsync(Key.ArrowRight);
        Assert.Equal(1, await view.AskAsync<int>("[...document.querySelectorAll('#result .word')].indexOf(document.activeElement)"));
        await view.PressAsync(Key.Enter); // plays from there
        await view.UntilAsync("document.querySelector('#result audio').currentTime >= document.activeElement.dataset.start - 0.01");
        await view.PhotographAsync("file");
        await view.AssertSoundAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_recording_is_refused_in_words()
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(1280, IsDark: false));
        await view.UntilAsync("!document.getElementById('file').disabled");
        await view.DropAsync("no audio at all"u8.ToArray(), "letter.wav");
        await view.UntilShownAsync("#transcribe-error");
        Assert.StartsWith("The file cannot be used", await view.TextAsync("transcribe-error"), StringComparison.Ordinal);
        await view.AssertSoundAsync("v1/audio/transcriptions");
    }

    [Fact]
    public async Task By_keyboard_one_skips_to_the_content_and_speaks()
    {
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        var view = await browser.OpenAsync(service.Address, new Look(375, IsDark: false));
        await view.UntilAsync("!document.getElementById('speak').disabled");
        await view.PressAsync(Key.Tab);
        Assert.Equal("Skip to the content", await view.AskAsync<string>("document.activeElement.innerText"));
        await view.PressAsync(Key.Enter, Key.Tab);
        Assert.Equal("speak", await view.AskAsync<string>("document.activeElement.id"));
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('speak').textContent === 'Stop'");
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('announcement').textContent === 'The microphone is off.'");
        await view.AssertSoundAsync();
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
