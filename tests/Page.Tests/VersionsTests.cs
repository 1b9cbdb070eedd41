using PuppeteerSharp.Input;

namespace Ssl.Page.Tests;

/// <summary>Versions, and what an operator does with them.</summary>
public sealed class VersionsTests(TaughtService service)
{
    const string Markup = "<img src=x onerror=\"document.title='bad'\">";

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task An_operator_rolls_back_and_promotes_with_reasons(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        Assert.Equal(2, (await view.TextsAsync("#versions-rows tr")).Length);
        Assert.Equal(0, await view.AskAsync<int>("document.querySelectorAll('[data-lever]').length")); // without a key
        await view.EnterKeyAsync(service.Key);

        await view.ClickAsync("[data-lever=rollback]");
        await view.TypeAsync("#lever-why", Markup);
        await view.PhotographAsync("reason");
        await view.AssertAccessibleAsync();
        await view.ClickAsync("#lever-act");
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@1 serves'");
        await view.UntilAsync($"document.querySelector('#moves li').innerText.includes(`{Markup}`)", "the reason is in the list, as text");
        await view.ClickAsync("[data-lever=promote]");
        await view.PressAsync(Key.Enter); // the reason has the focus, and may be left out
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        await view.UntilAsync("document.querySelector('#moves li').innerText.includes('no reason was given')");
        Assert.NotEqual("bad", await view.AskAsync<string>("document.title"));
        await view.PhotographAsync("versions");
        await view.AssertSoundAsync();
    }

    [Fact]
    public async Task What_a_pin_forbids_is_refused_in_words_until_it_is_taken_away()
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(1280, IsDark: true));
        await view.EnterKeyAsync(service.Key);
        await view.ClickAsync("[data-lever=pin][aria-label='Pin ssl@2']");
        await view.TypeAsync("#lever-why", "for the trial");
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('line-levers').innerText.includes('for the trial')");
        await view.ClickAsync("[data-lever=promote][aria-label='Promote ssl@1']");
        await view.ClickAsync("#lever-act");
        await view.UntilAsync("document.getElementById('lever-error').textContent.includes('is pinned by operator key0: for the trial')");
        await view.PressAsync(Key.Escape); // closes the dialog
        await view.UntilAsync("!document.getElementById('lever').open");
        Assert.Equal("Promote ssl@1", await view.AskAsync<string>("document.activeElement.ariaLabel"));
        await view.ClickAsync("[data-lever=unpin]");
        await view.ClickAsync("#lever-act");
        await view.UntilAsync("document.querySelector('[data-lever=unpin]') === null");
        await view.AssertSoundAsync("/promote");
    }

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task Two_versions_are_compared_on_a_file(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.EnterKeyAsync(service.Key);
        await view.UntilShownAsync("#compare");
        await view.ChooseFileAsync("#compare-file", service.RecordingPath);
        await view.ClickAsync("#compare-act");
        await view.UntilShownAsync("#difference .difference");
        Assert.Matches("^(\\d+ words are the same|ssl@. and ssl@. hear the same)", (await view.TextsAsync("#difference p"))[0]);
        await view.PhotographAsync("compared");
        await view.AssertSoundAsync();
    }

    [Fact]
    public async Task Errors_are_shown_with_their_interval_and_by_domain()
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(1280, IsDark: false));
        await view.UntilShownAsync("#errors svg");
        await view.EnterKeyAsync(service.Key);
        await view.UntilAsync("document.querySelectorAll('#errors .interval').length === 2"); // characters and words of the second version
        await view.UntilShownAsync("#parts tr");
        var parts = await view.TextsAsync("#parts th");
        Assert.Equal(["gate", "hidden", "domain meeting", "domain telephone"], parts.Order(StringComparer.Ordinal)
            .OrderBy(p => p.StartsWith("domain", StringComparison.Ordinal)));
        Assert.Contains("95 % interval", await view.AskAsync<string>("document.querySelector('#errors title').textContent + "
            + "[...document.querySelectorAll('#errors title')].at(-1).textContent"));
        await view.UntilShownAsync("#swaps svg");
        await view.UntilAsync("document.querySelector('#errors svg').width.baseVal.value === document.getElementById('errors').clientWidth",
            "the chart is drawn for the room that the second one has left it");
        await view.AssertSoundAsync();
    }
}
