using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Publishing;

/// <summary>
/// Announces each version on <c>models.encoders</c> after its publication; training does not wait. Each start announces the newest version
/// again, in case a crash or an absent broker prevented it.
/// </summary>
sealed class EncoderAnnouncer(KafkaClients clients, ModelRegistry registry, ILogger logger)
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    readonly Channel<ModelManifest> published = Channel.CreateUnbounded<ModelManifest>();

    /// <summary>Thread-safe.</summary>
    public void Announce(ModelManifest version) => published.Writer.TryWrite(version);

    public async Task RunAsync(CancellationToken ct)
    {
        if (registry.Newest(ModelKind.Encoder) is { } newest)
            await SendAsync(newest, ct);
        await foreach (var version in published.Reader.ReadAllAsync(ct))
            await SendAsync(version, ct);
    }

    async Task SendAsync(ModelManifest version, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await clients.ProduceAsync(Topics.Encoders, ToMessage(version), ct);
                return;
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                logger.AnnouncementFailed(version.Number, e.Error.Reason);
            }
            await Task.Delay(RetryDelay, ct);
        }
    }

    static Message<byte[]?, byte[]?> ToMessage(ModelManifest version) => new()
    {
        Key = Encoding.UTF8.GetBytes(EncoderAnnouncement.Key),
        Value = JsonSerializer.SerializeToUtf8Bytes(
            new EncoderAnnouncement
            {
                Number = version.Number,
                Created = version.Created,
                AudioSecondsTrained = version.AudioSecondsTrained,
                Steps = version.Steps,
                Epoch = version.Epoch,
            },
            ContractJson.Default.EncoderAnnouncement),
    };
}
