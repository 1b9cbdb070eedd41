using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Reads the announcements of encoder versions.</summary>
sealed class EncoderFollower(EncoderMailbox mailbox, ILogger<EncoderFollower> logger)
{
    /// <param name="announcements">Of <c>models.encoders</c>. What was announced before its committed offset is looked up in the registry.</param>
    public async Task RunAsync(ConsumerLoop announcements, CancellationToken ct)
    {
        await foreach (var message in announcements.ReadAllAsync(ct))
        {
            if (Read(message) is { } announcement)
                mailbox.Offer(announcement.Number);
            announcements.Done(message);
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
