using PuppeteerSharp;
using Ssl.TestKit;

namespace Ssl.Page.Tests;

/// <summary>Debian's Chromium without a screen, in a folder of its own; its microphone plays a file. Ends with the test.</summary>
sealed class Chromium : IAsyncDisposable
{
    static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    static readonly string Program = Environment.GetEnvironmentVariable("SSL_CHROMIUM") ?? "/usr/bin/chromium";

    readonly TemporaryFolder folder = new();
    readonly IBrowser browser;

    Chromium(IBrowser browser, TemporaryFolder folder) => (this.browser, this.folder) = (browser, folder);

    public static bool IsThere => File.Exists(Program);

    /// <param name="microphone">A WAV file, played over and over; null: the browser's own beeps.</param>
    /// <param name="isDenied">Whoever is asked whether the page may use the microphone says no.</param>
    public static async Task<Chromium> StartAsync(string? microphone = null, bool isDenied = false)
    {
        Assert.SkipUnless(IsThere, $"needs Chromium (SSL_CHROMIUM, package chromium): {Program} is not there");
        var folder = new TemporaryFolder();
        string[] arguments =
        [
            "--use-fake-device-for-media-stream", isDenied ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream",
            "--disable-gpu", "--disable-dev-shm-usage",
            "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking", "--disable-component-update",
            .. microphone is null ? [] : (string[])[$"--use-file-for-fake-audio-capture={microphone}"],
            .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [],
        ];
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = Program,
            UserDataDir = folder.Path,
            Args = arguments,
            Timeout = 60_000, // a cold start beside other work
        });
        return new Chromium(browser, folder);
    }

    /// <summary>A tab of its own cookies and storage, at the start page of a service.</summary>
    public async Task<PageView> OpenAsync(Uri service, Look look, Func<IPage, Task>? before = null)
    {
        var context = await browser.CreateBrowserContextAsync();
        var view = new PageView(await context.NewPageAsync(), look);
        await view.OpenAsync(service, before);
        return view;
    }

    public async ValueTask DisposeAsync()
    {
        var process = browser.Process;
        try
        {
            await browser.CloseAsync().WaitAsync(EndLimit);
        }
        catch (Exception e) when (e is TimeoutException or PuppeteerException)
        {
            // it hangs, or has gone already
        }
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        await browser.DisposeAsync();
        folder.Dispose();
    }
}
