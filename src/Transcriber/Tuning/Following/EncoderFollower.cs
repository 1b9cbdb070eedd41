using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Hears of encoder versions: from the registry at the start, then from <c>models.encoders</c>.</summary>
sealed class EncoderFollower(KafkaClients clients, FolderRegistry registry, EncoderMailbox mailbox, ILogger<EncoderFollower> logger)
{
    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // Versions that a recognizer was already made of are passed over, also after a restart.
        mailbox.Pass(registry.List(ModelKind.Recognizer).Select(m => m.EncoderNumber ?? 0).DefaultIfEmpty().Max());
        mailbox.Offer(registry.List(ModelKind.Encoder).Select(m => m.Number).DefaultIfEmpty().Max());
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
