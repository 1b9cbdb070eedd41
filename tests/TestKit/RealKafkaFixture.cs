using Xunit;

namespace Ssl.TestKit;

/// <summary>One real Kafka for all tests of a class; started by the first that asks, which is skipped where there is none.</summary>
public sealed class RealKafkaFixture : IAsyncLifetime
{
    readonly SemaphoreSlim turn = new(1, 1);
    RealKafka? kafka;

    public async Task<RealKafka> StartedAsync()
    {
        await turn.WaitAsync();
        try
        {
            return kafka ??= await RealKafka.StartAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (kafka is not null)
            await kafka.DisposeAsync();
        turn.Dispose();
    }
}
