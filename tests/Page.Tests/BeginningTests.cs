using Ssl.Cli.Broker;
using Ssl.TestKit;

namespace Ssl.Page.Tests;

/// <summary>The page of a service that has learnt nothing and has no key.</summary>
public sealed class BeginningTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
    }

    [Theory, MemberData(nameof(Look.Both), MemberType = typeof(Look))]
    public async Task Before_anything_was_learnt_it_says_what_goes_on_and_what_to_do(int width, bool isDark)
    {
        await using var browser = await Chromium.StartAsync();
        await using var service = await PageService.StartAsync(folder, kafka);
        var view = await browser.OpenAsync(service.Address, new Look(width, isDark));
        await view.UntilShownAsync("#beginning");
        await view.UntilAsync("document.querySelectorAll('#beginning-steps li').length === 4");
        Assert.Equal("No recognizer yet", await view.TextAsync("state"));
        Assert.Contains("ssl publish FOLDER", await view.TextAsync("beginning-steps"));
        Assert.True(await view.AskAsync<bool>("document.getElementById('speak').disabled && document.getElementById('file').disabled"));
        await view.UntilShownAsync("#elsewhere"); // the Learner is another process
        await view.UntilShownAsync("#admin-off");
        Assert.Contains("ssl keys new", await view.TextAsync("admin-off"));
        await view.PhotographAsync("beginning");
        await view.AssertSoundAsync();
    }
}
