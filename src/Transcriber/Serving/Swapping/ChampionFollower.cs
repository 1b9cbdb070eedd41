using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>
/// Serves each new champion. Reads the registry when <c>models.recognizers</c> announces a champion, and every two seconds, for moves that
/// nobody announces (an operator's at the terminal, or while the broker is away).
/// </summary>
sealed class ChampionFollower(KafkaClients clients, ChampionSwap swap, TimeProvider clock, ILogger<ChampionFollower> logger)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    public Task RunAsync(CancellationToken ct) => Stages.RunAsync([ListenAsync, WatchAsync], ct);

    async Task ListenAsync(CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Recognizers, ct))
        {
            if (message.KeyText.Split('/')[^1] == ModelId.Champion) // of any line
                await Attempts.OrPassOverAsync(message, Look, logger, ct);
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
