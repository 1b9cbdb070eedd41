using Ssl.Shared.Foundation.Hosting;

namespace Ssl.Foundation.Tests.Hosting;

public sealed class StagesTests
{
    static readonly CancellationToken Limit = TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_one_stage_ends_the_others_are_stopped_and_waited_for()
    {
        var stopped = false;
        await Stages.RunAsync([_ => Task.CompletedTask, UntilStopped], Limit).WaitAsync(TimeSpan.FromSeconds(10), Limit);
        Assert.True(stopped);

        async Task UntilStopped(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped = true;
        }
    }

    [Fact]
    public async Task The_first_failure_is_thrown_even_if_stopping_makes_others_fail()
    {
        var failed = Stages.RunAsync([ct => FailAfterAsync("second", ct), _ => throw new InvalidDataException("first")], Limit);
        Assert.Equal("first", (await Assert.ThrowsAsync<InvalidDataException>(() => failed)).Message);

        static async Task FailAfterAsync(string message, CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidDataException(message);
        }
    }

    [Fact]
    public async Task A_failure_while_stopping_is_not_lost()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var stopping = Stages.RunAsync([ct => Task.Delay(Timeout.Infinite, ct), FailToFlushAsync], stop.Token);
        await Assert.ThrowsAsync<InvalidDataException>(() => stopping);

        static async Task FailToFlushAsync(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(50, CancellationToken.None);
            throw new InvalidDataException();
        }
    }

    [Fact]
    public async Task To_be_cancelled_is_no_failure_of_a_stage()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Func<CancellationToken, Task> wait = ct => Task.Delay(Timeout.Infinite, ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stages.RunAsync([wait, wait], stop.Token));
    }
}
