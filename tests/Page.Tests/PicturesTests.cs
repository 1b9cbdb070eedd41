namespace Ssl.Page.Tests;

/// <summary>Takes the pictures in docs/images of a service that runs (<c>make pictures</c>).</summary>
public sealed class PicturesTests
{
    const int Points = 24; // of the lines of losses: two minutes
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    static readonly string? Service = Environment.GetEnvironmentVariable("SSL_PAGE");

    [Theory]
    [InlineData(1280, 1480, false)]
    [InlineData(375, 1300, true)]
    public async Task A_page_that_has_been_open_for_minutes_and_has_heard_a_recording(int width, int height, bool isDark)
    {
        Assert.SkipWhen(Service is null, "takes pictures of the service that SSL_PAGE names");
        var recording = Environment.GetEnvironmentVariable("SSL_PAGE_RECORDING")!;
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(new Uri(Service!), new Look(width, isDark));
        if (Environment.GetEnvironmentVariable("SSL_API_KEY") is { Length: > 0 } key)
            await view.EnterKeyAsync(key);
        await view.UntilAsync("!document.getElementById('file').disabled", "a recognizer serves", Limit);
        await view.UntilAsync($"document.querySelector('#loss .line-0')?.getAttribute('points').split(' ').length >= {Points}",
            "losses of minutes", Limit);
        await view.DropAsync(await File.ReadAllBytesAsync(recording, TestContext.Current.CancellationToken), Path.GetFileName(recording));
        await view.UntilShownAsync("#result .word");
        await view.UntilAsync("document.getElementById('announcement').textContent === ''"); // it would lie over the rest
        await view.PhotographAsync("page", Environment.GetEnvironmentVariable("SSL_SCREENSHOTS") ?? "docs/images", height);
        await view.AssertSoundAsync();
    }
}
