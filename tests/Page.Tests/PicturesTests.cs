namespace Ssl.Page.Tests;

/// <summary>
/// Takes the pictures in docs/images (<c>make pictures</c>): of the service that SSL_PAGE names, or of one that has learnt tones.
/// </summary>
public sealed class PicturesTests(TaughtService taught)
{
    const int Points = 24; // of the lines of losses: two minutes
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    static readonly string? Folder = Environment.GetEnvironmentVariable("SSL_PICTURES");

    [Theory]
    [InlineData(1280, 1500, false)]
    [InlineData(375, 1150, true)]
    public async Task A_page_that_has_heard_a_recording(int width, int height, bool isDark)
    {
        Assert.SkipWhen(Folder is null, "takes pictures where SSL_PICTURES names a folder for them");
        var (service, key) = Setting("SSL_PAGE") is { } page ? (new Uri(page), Setting("SSL_API_KEY")) : (taught.Address, taught.Key);
        var recording = Setting("SSL_PAGE_RECORDING") ?? taught.RecordingPath;
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service, new Look(width, isDark));
        if (key is not null)
            await view.EnterKeyAsync(key);
        await view.UntilAsync("!document.getElementById('file').disabled", "a recognizer serves", Limit);
        await view.UntilAsync("document.getElementById('elsewhere').checkVisibility() "
            + $"|| document.querySelector('#loss .line-0')?.getAttribute('points').split(' ').length >= {Points}",
            "losses of minutes", Limit);
        await view.DropAsync(await File.ReadAllBytesAsync(recording, TestContext.Current.CancellationToken), Path.GetFileName(recording));
        await view.UntilShownAsync("#result .word");
        await view.UntilAsync("document.getElementById('announcement').textContent === ''", "nothing lies over the rest");
        await view.AssertSoundAsync();
        await view.PhotographAsync("page");
        await view.PhotographAsync("page", Folder!, height);
    }

    static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
