using Microsoft.Extensions.Time.Testing;
using Ssl.Shared.Foundation.Health;

namespace Ssl.Foundation.Tests.Health;

public sealed class LoopHeartbeatTests
{
    readonly FakeTimeProvider clock = new();
    readonly LoopHeartbeat heartbeat;

    public LoopHeartbeatTests() => heartbeat = new LoopHeartbeat(clock);

    [Fact]
    public void A_silent_loop_is_named_until_it_moves_or_ends()
    {
        var train = heartbeat.Register("train", TimeSpan.FromSeconds(10));
        using var intake = heartbeat.Register("intake", TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["train: silent for 11 s"], heartbeat.Silent());
        heartbeat.Beat("train");
        Assert.Empty(heartbeat.Silent());
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Single(heartbeat.Silent());
        train.Dispose();
        Assert.Empty(heartbeat.Silent());
        heartbeat.Beat("train"); // a late beat brings no ghost back
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(heartbeat.Silent());
    }

    [Fact]
    public void The_end_of_a_former_self_does_not_end_the_loop_that_took_its_place()
    {
        var former = heartbeat.Register("train", TimeSpan.FromSeconds(10));
        using var now = heartbeat.Register("train", TimeSpan.FromSeconds(10));
        former.Dispose();
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Single(heartbeat.Silent());
    }
}
