using System.Collections.Concurrent;
using System.Diagnostics;
using PuppeteerSharp;
using PuppeteerSharp.Input;
using PuppeteerSharp.Media;

namespace Ssl.Page.Tests;

/// <summary>The page in a tab: acts as somebody with mouse and keyboard, and remembers what the browser complains about.</summary>
sealed class PageView(IPage page, Look look)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // a recognizer on a busy machine
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    readonly ConcurrentQueue<string> complaints = new(); // errors of the console, exceptions, violations of the content policy
    volatile bool failed; // an exception that nothing caught: nothing is worth waiting for

    public async Task OpenAsync(Uri service, Func<IPage, Task>? before)
    {
        page.Console += (_, e) =>
        {
            if (e.Message.Type is ConsoleType.Error or ConsoleType.Warning)
                complaints.Enqueue($"{e.Message.Text} ({e.Message.Location?.URL})");
        };
        page.PageError += (_, e) =>
        {
            complaints.Enqueue(e.Message);
            failed = true;
        };
        page.DefaultTimeout = (int)Patience.TotalMilliseconds;
        await page.SetViewportAsync(new ViewPortOptions { Width = look.Width, Height = 900 });
        await page.EmulateMediaFeaturesAsync(
        [
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = look.IsDark ? "dark" : "light" },
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersReducedMotion, Value = look.IsStill ? "reduce" : "no-preference" },
        ]);
        await page.EvaluateExpressionOnNewDocumentAsync(
            "document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`))");
        if (before is not null)
            await before(page);
        await page.GoToAsync(service.ToString());
    }

    public Task UntilAsync(string condition) => UntilAsync(condition, condition, Patience);

    /// <inheritdoc cref="UntilAsync(string, string, TimeSpan)"/>
    public Task UntilAsync(string condition, string what) => UntilAsync(condition, what, Patience);

    /// <param name="condition">An expression of the page that becomes true.</param>
    public async Task UntilAsync(string condition, string what, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        while (!await page.EvaluateExpressionAsync<bool>($"!!({condition})"))
        {
            if (waited.Elapsed > patience || failed)
            {
                var shown = await page.EvaluateExpressionAsync<string>("document.body.innerText");
                Assert.Fail($"{(failed ? "an exception before" : "not in time")}: {what}\n{string.Join('\n', complaints)}\n{shown}");
            }
            await Task.Delay(LookEvery, TestContext.Current.CancellationToken);
        }
    }

    public Task<T> AskAsync<T>(string expression) => page.EvaluateExpressionAsync<T>(expression);

    public Task<string> TextAsync(string id) => AskAsync<string>($"document.getElementById('{id}').innerText");

    public Task<string[]> TextsAsync(string selector) =>
        AskAsync<string[]>($"[...document.querySelectorAll(`{selector}`)].map((e) => e.innerText)");

    public Task UntilShownAsync(string selector) => UntilAsync(
        $"[...document.querySelectorAll(`{selector}`)].some((e) => e.checkVisibility())", $"{selector} is shown");

    public async Task ClickAsync(string selector)
    {
        await UntilAsync($"document.querySelector(`{selector}:not(:disabled)`)?.checkVisibility()", $"{selector} can be clicked");
        await page.EvaluateExpressionAsync($"document.querySelector(`{selector}`).scrollIntoView({{ block: 'center' }})");
        await page.ClickAsync(selector);
    }

    public Task PressAsync(params Key[] keys) => PressAllAsync(keys);

    public Task ReloadAsync() => page.ReloadAsync();

    public Task GoOfflineAsync(bool isOffline) => page.SetOfflineModeAsync(isOffline);

    public async Task TypeAsync(string selector, string text)
    {
        await page.FocusAsync(selector);
        await page.Keyboard.TypeAsync(text);
    }

    public Task ChooseFileAsync(string selector, string path) => UploadAsync(selector, path);

    /// <summary>As if it were let go over the place for recordings.</summary>
    public Task DropAsync(byte[] file, string name) => page.EvaluateFunctionAsync(
        """
        (base64, name) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: 'audio/wav' }));
          document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
        """, Convert.ToBase64String(file), name);

    /// <summary>With the key of somebody who may do more.</summary>
    public async Task EnterKeyAsync(string key)
    {
        await ClickAsync("#key-box > summary");
        await TypeAsync("#key", key);
        await PressAsync(Key.Enter);
        await UntilShownAsync("#key-forget");
        await ClickAsync("#key-box > summary");
    }

    /// <summary>
    /// What is true at every moment: the page is no wider than the screen, the browser complains about nothing, and nobody is shut out.
    /// </summary>
    /// <param name="expected">Parts of complaints that are part of the test, such as the path of a refused request.</param>
    public async Task AssertSoundAsync(params string[] expected)
    {
        Assert.True(await AskAsync<int>("document.documentElement.scrollWidth") <= look.Width, await WideAsync());
        await AssertAccessibleAsync();
        Assert.DoesNotContain(complaints, c => !expected.Any(e => c.Contains(e, StringComparison.Ordinal)));
    }

    public Task AssertAccessibleAsync() => Accessibility.AssertAsync(page);

    /// <summary>For people to look at, where <c>SSL_SCREENSHOTS</c> names a folder.</summary>
    public Task PhotographAsync(string name) =>
        Environment.GetEnvironmentVariable("SSL_SCREENSHOTS") is { Length: > 0 } folder ? PhotographAsync(name, folder, height: null)
            : Task.CompletedTask;

    /// <param name="height">Pixels from the top; null: all of the page.</param>
    public async Task PhotographAsync(string name, string folder, int? height)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{name}-{look.Width}-{(look.IsDark ? "dark" : "light")}.png");
        await page.ScreenshotAsync(path, height is { } top
            ? new ScreenshotOptions { Clip = new Clip { Width = look.Width, Height = top }, CaptureBeyondViewport = true }
            : new ScreenshotOptions { FullPage = true });
    }

    async Task PressAllAsync(Key[] keys)
    {
        foreach (var key in keys)
            await page.Keyboard.PressAsync(key);
    }

    async Task UploadAsync(string selector, string path)
    {
        await UntilAsync($"document.querySelector(`{selector}:enabled`) !== null");
        await (await page.QuerySelectorAsync(selector)).UploadFileAsync(path);
    }

    async Task<string> WideAsync() => "wider than the screen: " + await AskAsync<string>(
        $"[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > {look.Width} + 1)"
        + ".filter((e) => !e.closest('.wide, nav'))" // they scroll
        + ".map((e) => e.tagName + '#' + e.id + '.' + e.className).slice(0, 8).join(', ')");
}
