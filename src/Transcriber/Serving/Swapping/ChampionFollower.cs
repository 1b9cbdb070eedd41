using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>Lets the champion serve that another process has promoted (a second Transcriber, an operator): announcements say when to look, the registry says what.</summary>
sealed class ChampionFollower(KafkaClients clients, ModelRegistry registry, ServingSlot slot, ChampionSwap swap)
{
    int refused;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Recognizers, ct))
        {
            if (message.KeyText != ModelId.Champion || registry.Aliases().GetValueOrDefault(ModelId.Champion)?.Number is not { } champion)
                continue;
            using (var serving = slot.TryLease())
            {
                if (serving?.Model.Number == champion || champion == refused)
                    continue;
            }
            if (!swap.Swap(champion))
                refused = champion; // said once; the version that serves goes on
        }
    }
}
