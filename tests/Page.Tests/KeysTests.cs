using PuppeteerSharp.Input;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Page.Tests;

/// <summary>A service that answers only those who have a key.</summary>
public sealed class KeysTests(TaughtService service)
{
    [Fact]
    public async Task With_a_key_everything_opens_and_speech_is_heard_and_without_one_nothing_is_asked()
    {
        var key = ApiKey.NewText();
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        await using var closed = await service.StartClosedAsync(key);
        var view = await browser.OpenAsync(closed.Address, new Look(375, IsDark: true));
        await view.UntilShownAsync("#needs-key");
        await view.UntilShownAsync("#key"); // opened by itself
        await view.UntilAsync("document.getElementById('learning-error').textContent.includes('scope metrics')");
        await view.PhotographAsync("closed");
        await view.AssertSoundAsync();

        await view.TypeAsync("#key", "ssl_wrong");
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('key-error').textContent.includes('unknown or was revoked')");
        await view.ClickAsync("#key-forget");
        await view.UntilShownAsync("#key");
        await view.TypeAsync("#key", key);
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        await view.UntilAsync("document.querySelectorAll('[data-lever]').length > 0");
        await view.ClickAsync("#key-box > summary");
        await view.ClickAsync("#speak");
        await view.UntilShownAsync("#live .word");
        await view.ClickAsync("#speak");
        Assert.Equal(0, await view.AskAsync<int>("localStorage.length"));
        Assert.Equal("", await view.AskAsync<string>("document.cookie"));
        await view.AssertSoundAsync("401"); // of the wrong key
    }
}
