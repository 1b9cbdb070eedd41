using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Says on <c>models.recognizers</c> which version each alias stands for. The registry is the truth; this is the news.</summary>
sealed class AliasAnnouncer(KafkaClients clients, ModelRegistry registry, ILogger<AliasAnnouncer> logger)
{
    /// <summary>Announces every alias as it now stands. A broker that is away costs the news, not the version: it is announced again at the next move or start.</summary>
    public async Task AnnounceAsync(CancellationToken ct)
    {
        foreach (var (alias, entry) in registry.Aliases())
        {
            if (registry.Find(ModelKind.Recognizer, entry.Number) is not { } manifest)
                continue;
            var value = JsonSerializer.SerializeToUtf8Bytes(Announcement(alias, entry, manifest), ContractJson.Default.RecognizerAnnouncement);
            try
            {
                await clients.Producer.ProduceAsync(Topics.Recognizers, new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(alias), Value = value }, ct);
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (!e.Error.IsFatal)
            {
                logger.NotAnnounced(alias, entry.Number, e.Error.Reason);
            }
        }
    }

    static RecognizerAnnouncement Announcement(string alias, AliasEntry entry, ModelManifest manifest) => new()
    {
        Alias = alias,
        Number = entry.Number,
        EncoderNumber = manifest.EncoderNumber ?? 0,
        Created = manifest.Created,
        WordErrorRate = manifest.RecognizerScores?.WordErrorRate ?? 0,
        CharacterErrorRate = manifest.RecognizerScores?.CharacterErrorRate ?? 0,
        Epoch = entry.Epoch,
        Why = entry.Why,
    };
}
