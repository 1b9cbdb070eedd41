using Microsoft.Extensions.Time.Testing;
using Ssl.Transcriber.Serving.Limits;

namespace Ssl.Transcriber.Tests.Serving.Limits;

public sealed class AudioQuotaTests
{
    readonly FakeTimeProvider clock = new();
    readonly AudioQuota quota;

    public AudioQuotaTests() => quota = new AudioQuota(60, TimeSpan.FromMinutes(1), clock);

    [Fact]
    public void A_recording_longer_than_the_quota_is_accepted_and_paid_off()
    {
        Assert.True(quota.TryUse(90));
        Assert.Equal(-30, quota.LeftSeconds, 6);
        Assert.Equal(30, quota.Wait.TotalSeconds, 6);
        Assert.False(quota.TryUse(1));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(quota.TryUse(1));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(quota.TryUse(1));
    }

    [Fact]
    public void What_was_not_used_is_given_back_and_rest_saves_no_more_than_the_quota()
    {
        quota.Use(50);
        quota.Use(-20);
        Assert.Equal(30, quota.LeftSeconds, 6);
        Assert.Equal(30, quota.Reset.TotalSeconds, 6);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((60, TimeSpan.Zero, TimeSpan.Zero), (quota.LeftSeconds, quota.Wait, quota.Reset));
        quota.Use(-20);
        Assert.Equal(60, quota.LeftSeconds);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(350, "350ms")]
    [InlineData(8640, "8.64s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(3_599_999, "59m59s")]
    public void Durations_are_written_as_OpenAI_writes_them(int ms, string expected) =>
        Assert.Equal(expected, RateLimitText.Of(TimeSpan.FromMilliseconds(ms)));
}
