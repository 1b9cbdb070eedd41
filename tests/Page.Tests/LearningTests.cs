using System.Text;
using PuppeteerSharp;

namespace Ssl.Page.Tests;

/// <summary>Figures and lines, of a Learner in the same process as the page finds it in <c>/metrics</c>.</summary>
public sealed class LearningTests(TaughtService service)
{
    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task Losses_accuracy_and_hours_are_followed_while_the_page_is_open(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        var asked = 0;
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark), before: async page =>
        {
            await page.SetRequestInterceptionAsync(true);
            page.Request += async (_, e) =>
            {
                if (new Uri(e.Request.Url).AbsolutePath == "/metrics")
                    await e.Request.RespondAsync(new ResponseData { BodyData = Encoding.UTF8.GetBytes(Metrics(++asked)) });
                else
                    await e.Request.ContinueAsync();
            };
        });
        await view.UntilAsync("document.querySelector('#loss .line-0')?.getAttribute('points')?.split(' ').length >= 2", "two points");
        Assert.Contains("contrastive: 4.00 at", await view.AskAsync<string>("document.querySelector('#loss svg').ariaLabel"));
        await view.UntilShownAsync("#accuracy svg");
        Assert.Contains("2.0 h", await view.TextAsync("figures"));
        Assert.Contains("healthy", await view.TextAsync("figures"));
        await view.UntilAsync("document.querySelector('#loss .event text')?.textContent === 'ssl@7'", "a swap is marked");
        Assert.False(await view.AskAsync<bool>("document.getElementById('elsewhere').checkVisibility()"));
        await view.PhotographAsync("learning");
        await view.AssertSoundAsync();
    }

    static string Metrics(int asked) => $$"""
        # TYPE ssl_learner_loss gauge
        ssl_learner_loss{term="contrastive"} {{5 - asked}}
        ssl_learner_loss{term="masked_prediction"} {{6 - asked}}.5
        ssl_learner_accuracy{objective="contrastive"} 0.{{asked}}
        ssl_learner_accuracy{objective="masked_prediction"} 0.0{{asked}}
        ssl_learner_health{state="healthy"} 1
        ssl_learner_health{state="collapsed"} 0
        ssl_learner_steps_total {{1000 + asked}}
        ssl_learner_audio_trained_seconds_total 7200
        ssl_transcriber_model_version{kind="recognizer",line="ssl"} {{5 + asked}}
        """;
}
