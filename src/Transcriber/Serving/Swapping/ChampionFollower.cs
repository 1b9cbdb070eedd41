using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>
/// Lets each new champion serve. The registry says which it is; it is looked at when <c>models.recognizers</c> announces a champion, and every ten
/// seconds, because a promotion may have happened while the broker was away.
/// </summary>
sealed class ChampionFollower(KafkaClients clients, ChampionSwap swap, TimeProvider clock, ILogger<ChampionFollower> logger)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    /// <summary>Follows until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Stages.RunAsync([ListenAsync, WatchAsync], ct);

    async Task ListenAsync(CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Recognizers, ct))
        {
            if (message.KeyText == ModelId.Champion)
                Look();
        }
    }

    async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(ct))
            Look();
    }

    void Look()
    {
        try
        {
            swap.Follow();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.RegistryUnreadable(e.Message);
        }
    }
}
