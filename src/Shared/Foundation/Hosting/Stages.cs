namespace Ssl.Shared.Foundation.Hosting;

/// <summary>Runs the stages of a service side by side: when one ends, all do.</summary>
public static class Stages
{
    /// <summary>Returns when every stage has ended. The first to end, or to fail, cancels the token of the others.</summary>
    /// <exception cref="Exception">What the first stage that failed has thrown.</exception>
    public static async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> stages, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] running = [.. stages.Select(stage => Task.Run(() => stage(ending.Token), CancellationToken.None))];
        var first = await Task.WhenAny(running);
        await ending.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (first.IsFaulted ? first : running.FirstOrDefault(stage => stage.IsFaulted) ?? first);
    }
}
