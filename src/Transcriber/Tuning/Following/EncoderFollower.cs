using System.Text.Json;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Reads announcements of encoder versions. Those that cannot be read, or of a missing version, are passed over.</summary>
sealed class EncoderFollower(EncoderMailbox mailbox, ModelRegistry registry, ILogger<EncoderFollower> logger)
{
    /// <param name="announcements">On <c>models.encoders</c>; versions before its committed offset are found in the registry.</param>
    public async Task RunAsync(ConsumerLoop announcements, CancellationToken ct)
    {
        await foreach (var message in announcements.ReadAllAsync(ct))
        {
            if (message.Value is { } value)
                await Attempts.OrPassOverAsync(message, () => Offer(value), logger, ct,
                    isOutside: e => e is IOException or UnauthorizedAccessException); // of the registry
            announcements.Done(message);
        }
    }

    /// <summary>A number that is not in the registry would hide all smaller ones.</summary>
    void Offer(byte[] value)
    {
        var number = JsonSerializer.Deserialize(value, ContractJson.Default.EncoderAnnouncement)?.Number;
        if (number is not { } known || registry.Find(ModelKind.Encoder, known) is null)
            throw new InvalidDataException($"encoder {number} is not in the registry");
        mailbox.Offer(known);
    }
}
