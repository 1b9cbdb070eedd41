using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Hears of encoder versions: from the registry at the start, then from <c>models.encoders</c>.</summary>
sealed class EncoderFollower(KafkaClients clients, ModelRegistry registry, EncoderMailbox mailbox, ILogger<EncoderFollower> logger)
{
    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // The newest, if a recognizer was already made of it, is passed over, also after a restart.
        if (registry.Newest(ModelKind.Encoder) is { Number: var newest })
        {
            if (registry.Newest(ModelKind.Recognizer, m => m.EncoderNumber >= newest) is not null)
                mailbox.Pass(newest);
            mailbox.Offer(newest);
        }
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Encoders, ct))
        {
            if (Read(message) is { } announcement)
                mailbox.Offer(announcement.Number);
        }
    }

    EncoderAnnouncement? Read(ConsumedMessage message)
    {
        try
        {
            return message.Value is null ? null : JsonSerializer.Deserialize(message.Value, ContractJson.Default.EncoderAnnouncement);
        }
        catch (JsonException e)
        {
            logger.MessageUnreadable(message.Topic, message.Offset, e.Message);
            return null;
        }
    }
}
