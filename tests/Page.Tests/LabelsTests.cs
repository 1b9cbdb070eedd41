using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using PuppeteerSharp;
using PuppeteerSharp.Input;
using Ssl.Transcriber.Serving;

namespace Ssl.Page.Tests;

/// <summary>The recordings to label next: heard, typed and saved in place.</summary>
public sealed class LabelsTests(TaughtService service)
{
    const string First = "0-12-0f3a9c"; // partition, offset and audio, as SegmentId writes them
    const string Second = "2-1234-5be07d";
    const string Markup = "<img src=x onerror=\"document.title='bad'\">";

    readonly ConcurrentQueue<string> saved = new();
    bool keyWasSent;
    string? removed; // id of the label
    readonly ConcurrentQueue<string> asked = new(); // queries of the path of what to label next
    volatile TaskCompletionSource choosing = Ended(); // before its end no such query is answered
    volatile TaskCompletionSource saving = Ended(); // and no label

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task A_recording_is_played_typed_and_saved_as_a_label(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark), before: page => AnswerAsync(page, isThere: true));
        await view.EnterKeyAsync(service.Key);
        await view.ClickAsync("#labels-load");
        await view.UntilAsync("document.querySelectorAll('#labels-list li').length === 2");
        Assert.Equal(Markup, await view.AskAsync<string>("document.getElementById('label-2').value"));
        await view.ClickAsync("#labels-list li:first-child .listen");
        await view.UntilAsync("document.querySelector('#labels-list audio').duration > 0.5", "the recording can be played");
        Assert.True(keyWasSent);
        await view.AskAsync<object?>("document.getElementById('label-1').select()");
        await view.TypeAsync("#label-1", "fade bad");
        await view.PhotographAsync("labels");
        await view.AssertAccessibleAsync();
        await view.ClickAsync("#labels-load"); // what is typed stays
        await view.UntilAsync("!document.getElementById('labels-load').ariaBusy");
        Assert.Equal("fade bad", await view.AskAsync<string>("document.getElementById('label-1').value"));
        await view.ClickAsync("#labels-list li:first-child button[type=submit]");
        await view.UntilAsync("document.querySelectorAll('#labels-list li').length === 1");
        Assert.Contains(First, Assert.Single(saved));
        Assert.Contains("fade bad", saved.Single());
        Assert.Equal(Second, await view.AskAsync<string>("document.activeElement.closest('li').dataset.segment")); // on to the next
        await view.ClickAsync("#labels-list .skip-label");
        await view.UntilShownAsync("#labels-none"); // asked for again, it is proposed again, and not shown
        Assert.NotEqual("bad", await view.AskAsync<string>("document.title"));

        await view.AskAsync<object?>("document.querySelector('#labels-saved input').select()");
        await view.TypeAsync("#labels-saved input", "fade face");
        await view.PressAsync(Key.Enter);
        await view.UntilAsync("document.getElementById('announcement').innerText === 'The label is changed.'");
        Assert.Equal(["x", "fade face"], JsonDocument.Parse(saved.Last()).RootElement.EnumerateObject().Select(p => p.Value.GetString()));
        await view.AssertSoundAsync();
        await view.ClickAsync("#labels-saved button[type=button]");
        await view.UntilAsync("document.querySelectorAll('#labels-saved li').length === 0");
        Assert.Equal("x", removed);
        await view.AssertSoundAsync();
    }

    [Fact]
    public async Task A_service_that_picks_no_recordings_is_said_to()
    {
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(
            service.Address, new Look(375, IsDark: false), before: page => AnswerAsync(page, isThere: false));
        await view.EnterKeyAsync(service.Key);
        await view.ClickAsync("#labels-load");
        await view.UntilShownAsync("#labels-away");
        Assert.False(await view.AskAsync<bool>("document.getElementById('labels-open').checkVisibility()"));
        await view.AssertSoundAsync("/admin/labels/next");
    }

    [Fact]
    public async Task What_is_done_while_an_answer_is_awaited_counts()
    {
        await using var german = await service.StartAsync(
            ["--Transcriber:Lines:german:Labels:HeldOutShare=0.2"], (service.Key, KeyScope.Admin));
        await using var browser = await Chromium.StartAsync();
        var view = await browser.OpenAsync(german.Address, new Look(1280, IsDark: false), before: page => AnswerAsync(page, isThere: true));
        await view.EnterKeyAsync(service.Key);
        await view.UntilShownAsync("#labels-line");

        choosing = new TaskCompletionSource();
        await view.ClickAsync("#labels-load");
        await UntilAsync(() => asked.Count == 1);
        await view.AskAsync<object?>("document.getElementById('labels-line').value = 'german'");
        await view.AskAsync<object?>("document.getElementById('labels-line').dispatchEvent(new Event('change'))");
        choosing.SetResult();
        await view.UntilAsync("document.querySelectorAll('#labels-list li').length === 2");
        Assert.Equal(["ssl", "german"], asked.Select(query => query.Split("line=")[1]));
        Assert.All(await view.TextsAsync("#labels-list li"), text => Assert.Contains("For line german.", text));

        saving = new TaskCompletionSource();
        await view.ClickAsync("#labels-list li:first-child button[type=submit]");
        await UntilAsync(() => saved.Count == 1);
        await view.ClickAsync("#labels-list li:first-child .skip-label");
        saving.SetResult();
        await view.UntilAsync("document.querySelectorAll('#labels-saved li').length === 1");
        Assert.Equal(Second, await view.AskAsync<string>("document.querySelector('#labels-list li').dataset.segment"));

        choosing = new TaskCompletionSource();
        await view.ClickAsync("#labels-load");
        await UntilAsync(() => asked.Count == 3);
        await view.ClickAsync("#labels-list li:first-child button[type=submit]");
        await view.UntilAsync("document.querySelectorAll('#labels-saved li').length === 2");
        choosing.SetResult(); // with what is saved by now
        await view.UntilShownAsync("#labels-none");
        await view.AssertSoundAsync();
    }

    /// <summary>In place of a stream that has been heard: two recordings, and a label for one of them.</summary>
    async Task AnswerAsync(IPage page, bool isThere)
    {
        await page.SetRequestInterceptionAsync(true);
        page.Request += async (_, e) =>
        {
            var (path, isPost) = (new Uri(e.Request.Url).AbsolutePath, e.Request.Method == HttpMethod.Post);
            if (path == "/admin/labels/next" && !isThere)
                await RespondAsync(e.Request, 404, """{"error":{"message":"there is nothing at /admin/labels/next"}}"""u8.ToArray());
            else if (path == "/admin/labels/next")
            {
                var left = saved.IsEmpty ? Items() : Items()[1..];
                asked.Enqueue(new Uri(e.Request.Url).Query);
                await choosing.Task;
                await RespondAsync(e.Request, 200, JsonSerializer.SerializeToUtf8Bytes(new { data = left }));
            }
            else if (path is $"/admin/labels/next/{First}/audio" or $"/admin/labels/next/{Second}/audio")
            {
                keyWasSent = e.Request.Headers["authorization"] == $"Bearer {service.Key}";
                await RespondAsync(e.Request, 200, service.Recording, "audio/wav");
            }
            else if (path == "/admin/labels" && isPost)
            {
                saved.Enqueue(e.Request.PostData?.ToString() ?? await e.Request.FetchPostDataAsync() ?? "");
                await saving.Task;
                await RespondAsync(e.Request, 200, """{"id":"x","object":"label","text":"fade bad"}"""u8.ToArray());
            }
            else if (path == "/admin/labels/x" && e.Request.Method == HttpMethod.Delete)
            {
                removed = path.Split('/')[^1];
                await RespondAsync(e.Request, 200, """{"id":"x","object":"label.deleted","deleted":true}"""u8.ToArray());
            }
            else
                await e.Request.ContinueAsync();
        };
    }

    static TaskCompletionSource Ended()
    {
        var ended = new TaskCompletionSource();
        ended.SetResult();
        return ended;
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition())
            await Task.Delay(50, limit.Token);
    }

    static Task RespondAsync(IRequest request, int status, byte[] body, string type = "application/json") =>
        request.RespondAsync(new ResponseData { Status = (System.Net.HttpStatusCode)status, BodyData = body, ContentType = type });

    static object[] Items() =>
    [
        new { id = First, duration_seconds = 3.2, score = 0.9, reason = "the recognizer is unsure", text = "fed bed",
            audio_url = $"/admin/labels/next/{First}/audio" },
        new { id = Second, duration_seconds = 2.0, score = 0.5, reason = Markup, text = Markup,
            audio_url = $"/admin/labels/next/{Second}/audio" },
    ];
}
