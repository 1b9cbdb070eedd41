using System.Net;
using Microsoft.Extensions.Time.Testing;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Serving.Limits;

namespace Ssl.Transcriber.Tests.Serving.Limits;

public sealed class CallerLimitsTests : IDisposable
{
    readonly FakeTimeProvider clock = new();
    readonly CallerLimits limits;

    public CallerLimitsTests() => limits = new CallerLimits(clock);

    public void Dispose() => limits.Dispose();

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)] // one /64
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Addresses_of_one_network_are_one_caller(string a, string b, bool same)
    {
        var ring = new KeyRing(new ServingOptions());
        Assert.Equal(same, Caller.Of(null, IPAddress.Parse(a), ring) == Caller.Of(null, IPAddress.Parse(b), ring));
    }

    [Fact]
    public void A_key_has_its_own_limits_and_those_of_all_keys_where_its_own_say_nothing()
    {
        var text = ApiKey.NewText();
        var keys = new KeySet(new ServingOptions
        {
            KeyLimits = new LimitOptions { RequestsPerMinute = 100, LiveSessions = 2 },
            AnonymousLimits = new LimitOptions { RequestsPerMinute = 5 },
            Keys = new Dictionary<string, ApiKeyOptions>
            {
                ["ann"] = new() { Hash = Convert.ToHexString(ApiKey.Hash(text)), Limits = new LimitOptions { RequestsPerMinute = 7 } },
            },
        });
        Assert.Equal(new LimitOptions { RequestsPerMinute = 7, LiveSessions = 2 }, keys.Find(text)!.Limits);
        Assert.Equal(5, keys.Anonymous.RequestsPerMinute);
    }

    [Fact]
    public void An_edited_limit_holds_at_once()
    {
        Caller Ann(int requests, int audio) =>
            new("key ann", new LimitOptions { RequestsPerMinute = requests, AudioSecondsPerMinute = audio });
        using (var first = limits.Admit(Ann(1, 10), isLive: false, takesAudio: true))
            Assert.Null(first.TryUse(60));
        Assert.Equal(LimitKind.Requests, limits.Admit(Ann(1, 10), false, true).Exceeded!.Kind);
        Assert.Equal(LimitKind.AudioSeconds, limits.Admit(Ann(2, 10), false, true).Exceeded!.Kind);
        Assert.Null(limits.Admit(Ann(2, 1000), false, true).Exceeded);
    }

    [Fact]
    public void What_the_quota_of_an_hour_refuses_costs_nothing_of_that_of_a_minute()
    {
        var ann = new Caller("key ann", new LimitOptions { AudioSecondsPerMinute = 60, AudioSecondsPerHour = 70 });
        using var admission = limits.Admit(ann, false, true);
        Assert.Null(admission.TryUse(80)); // of the minute 20 too many, of the hour 10
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(("seconds of audio per hour", 70), (admission.TryUse(5)!.Per, admission.TryUse(5)!.Limit));
        Assert.Equal(LimitKind.AudioSeconds, limits.Admit(ann, false, takesAudio: true).Exceeded!.Kind);
        Assert.Null(limits.Admit(ann, false, takesAudio: false).Exceeded);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(admission.TryUse(1)); // of the hour almost three are left
        Assert.Null(limits.Admit(ann, false, takesAudio: true).Exceeded);
    }
}
