using Microsoft.Extensions.Hosting;

namespace Ssl.TestKit;

/// <summary>Stops a host before it is disposed: disposing alone does not wait for services that may still write into a folder.</summary>
public sealed class RunningHost(IHost host) : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await host.StopAsync(limit.Token);
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
