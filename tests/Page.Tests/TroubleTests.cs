using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PuppeteerSharp.Input;
using Ssl.Cli.Broker;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Page.Tests;

/// <summary>A service that refuses, is busy or goes away, a browser without a microphone or a network, and files that are none.</summary>
public sealed class TroubleTests(TaughtService service)
{
    const string Refused = "Failed to load resource"; // the browser's own line about a status that is an error

    [Fact]
    public async Task A_service_that_goes_away_while_somebody_speaks_is_said_to_and_found_again()
    {
        var urls = $"--Urls=http://127.0.0.1:{LoopbackPort.Free()}";
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        PageView view;
        await using (var first = await service.StartAsync([urls]))
        {
            view = await browser.OpenAsync(first.Address, new Look(375, IsDark: false));
            await view.ClickAsync("#speak");
            await view.UntilShownAsync("#live .word");
        }
        await view.UntilShownAsync("#transcribe-error");
        Assert.Equal("Speak", await view.TextAsync("speak"));
        Assert.Equal("speak", await view.AskAsync<string>("document.activeElement.id"));
        await view.UntilAsync("document.getElementById('state').textContent === 'Not reachable'");
        Assert.Equal("The service cannot be reached.", await view.TextAsync("service-error"));
        Assert.True(await view.AskAsync<bool>("document.querySelectorAll('#versions-rows tr').length === 2"), "what was read stays");
        Assert.True(await view.AskAsync<bool>("document.querySelectorAll('#live .word').length > 0"));
        await view.PhotographAsync("away");
        await view.ClickAsync("#speak");
        await view.UntilAsync("document.getElementById('transcribe-error').textContent === 'The service cannot be reached.'");
        await view.AssertSoundAsync("ERR_CONNECTION_REFUSED", "WebSocket");

        await using var second = await service.StartAsync([urls]);
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        Assert.False(await view.AskAsync<bool>("document.getElementById('service-error').checkVisibility()"));
        await view.ClickAsync("#speak");
        await view.UntilAsync("document.getElementById('speak').textContent === 'Stop'");
        await view.UntilAsync("!document.getElementById('transcribe-error').checkVisibility()");
    }

    [Fact]
    public async Task A_limit_is_said_and_waited_out_and_takes_away_nothing()
    {
        var key = ApiKey.NewText();
        await using var browser = await Chromium.StartAsync();
        await using var limited = await service.StartAsync(["--Transcriber:Serving:Keys:key0:Limits:RequestsPerMinute=8"],
            (key, KeyScope.Admin | KeyScope.Transcribe));
        var view = await browser.OpenAsync(limited.Address, new Look(1280, IsDark: false));
        await view.UntilShownAsync("#key");
        await view.TypeAsync("#key", key);
        await view.PressAsync(Key.Enter);
        await view.UntilShownAsync("#labels-open");
        await view.UntilAsync("/Try again in [0-9]+ s/.test(document.getElementById('service-error').textContent)");
        Assert.True(await view.AskAsync<bool>("document.getElementById('labels-open').checkVisibility()"));
        Assert.Equal("ssl@2 serves", await view.TextAsync("state"));
        Assert.NotEqual(0, await view.AskAsync<int>("document.querySelectorAll('[data-lever]').length"));
        await view.AssertSoundAsync(Refused);
    }

    [Fact]
    public async Task A_key_without_the_scope_admin_opens_what_it_may_and_says_what_it_lacks()
    {
        var key = ApiKey.NewText();
        await using var browser = await Chromium.StartAsync();
        await using var closed = await service.StartAsync([], (key, KeyScope.Transcribe), (ApiKey.NewText(), KeyScope.Admin));
        var view = await browser.OpenAsync(closed.Address, new Look(375, IsDark: false));
        await view.UntilShownAsync("#key");
        await view.TypeAsync("#key", key);
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        await view.UntilAsync("document.getElementById('key-error').innerText.includes(\"lacks the scope admin\")");
        Assert.False(await view.AskAsync<bool>("document.getElementById('labels-open').checkVisibility()"));
        await view.AssertSoundAsync(Refused);
    }

    [Fact]
    public async Task A_refused_microphone_is_said_to_be_so_and_files_work_all_the_same()
    {
        await using var browser = await Chromium.StartAsync(isDenied: true);
        var view = await browser.OpenAsync(service.Address, new Look(375, IsDark: true));
        await view.ClickAsync("#speak");
        await view.UntilShownAsync("#transcribe-error");
        Assert.Contains("does not let this page use the microphone", await view.TextAsync("transcribe-error"));
        await view.AssertSoundAsync();
        await view.DropAsync(service.Recording, "said.wav");
        await view.UntilShownAsync("#result .word");
        await view.UntilAsync("!document.getElementById('transcribe-error').checkVisibility()");
    }

    [Theory]
    [InlineData(0, "The file is empty")]
    [InlineData(200 << 20, "The file is larger than 26214400 bytes")]
    public async Task A_file_of_no_size_or_of_too_much_is_refused_in_words(int bytes, string expected)
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(375, IsDark: false));
        await view.UntilAsync("!document.getElementById('file').disabled");
        await view.AskAsync<object?>($$"""
            (() => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([new Uint8Array({{bytes}})], 'some.wav', { type: 'audio/wav' }));
              document.getElementById('drop').dispatchEvent(
                new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
            })()
            """);
        await view.UntilShownAsync("#transcribe-error");
        Assert.StartsWith(expected, await view.TextAsync("transcribe-error"), StringComparison.Ordinal);
        await view.AssertSoundAsync(Refused, "net::ERR");
    }

    [Fact]
    public async Task After_a_reload_in_the_middle_of_a_live_session_one_speaks_again()
    {
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        await using var narrow = await service.StartAsync(["--Transcriber:Live:MaxSessions=1"]);
        var view = await browser.OpenAsync(narrow.Address, new Look(375, IsDark: false));
        await view.ClickAsync("#speak");
        await view.UntilShownAsync("#live .word");
        await view.ReloadAsync();
        await view.UntilAsync("document.getElementById('speak').textContent === 'Speak'");
        await view.ClickAsync("#speak"); // the former session has been given up: there is room for one only
        await view.UntilShownAsync("#live .word");
        await view.AssertSoundAsync();
    }

    [Fact]
    public async Task Without_a_network_the_page_says_so_and_goes_on_by_itself()
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(375, IsDark: false));
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        await view.GoOfflineAsync(true);
        await view.UntilAsync("document.getElementById('state').textContent === 'Not reachable'");
        await view.DropAsync(service.Recording, "said.wav");
        await view.UntilAsync("document.getElementById('transcribe-error').textContent === 'The service cannot be reached.'");
        await view.GoOfflineAsync(false);
        await view.UntilAsync("document.getElementById('state').textContent === 'ssl@2 serves'");
        await view.AssertSoundAsync("ERR_INTERNET_DISCONNECTED");
    }

    [Fact]
    public async Task Whoever_wants_no_motion_sees_none()
    {
        await using var browser = await Chromium.StartAsync(microphone: service.RecordingPath);
        Assert.NotEqual(0, await AnimationsAsync(isStill: false)); // there is something to be stilled
        Assert.Equal(0, await AnimationsAsync(isStill: true));

        async Task<int> AnimationsAsync(bool isStill)
        {
            var view = await browser.OpenAsync(service.Address, new Look(375, IsDark: false) { IsStill = isStill });
            await view.ClickAsync("#speak");
            await view.UntilAsync("document.getElementById('speak').classList.contains('on')");
            var count = await view.AskAsync<int>("document.getAnimations().length");
            await view.AssertSoundAsync();
            await view.ClickAsync("#speak");
            await view.UntilAsync("document.getElementById('speak').textContent === 'Speak'");
            return count;
        }
    }
}
