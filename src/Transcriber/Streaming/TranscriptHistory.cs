using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;

namespace Ssl.Transcriber.Streaming;

/// <summary>The end of <c>transcripts</c>, read at the start: a segment whose transcript was written, but whose offset was not yet committed, is not written again.</summary>
static class TranscriptHistory
{
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(2);

    /// <summary>Ids of the segments behind the last <paramref name="most"/> transcripts of each partition; what cannot be read is left out.</summary>
    public static IReadOnlyList<string> ReadIds(KafkaClients clients, int most, CancellationToken ct)
    {
        var ids = new List<string>();
        using var consumer = clients.CreateConsumer($"ssl-transcripts-{Guid.NewGuid():N}"); // never joined, nothing committed
        try
        {
            foreach (var partition in Partitions(clients))
                ReadPartition(consumer, partition, most, ids, ct);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // No topic or no broker yet: nothing was written that could be repeated.
        }
        return ids;
    }

    static TopicPartition[] Partitions(KafkaClients clients)
    {
        using var admin = new DependentAdminClientBuilder(clients.Producer.Handle).Build();
        return admin.GetMetadata(Topics.Transcripts, BrokerLimit).Topics.Single(t => t.Topic == Topics.Transcripts)
            .Partitions.Select(p => new TopicPartition(Topics.Transcripts, p.PartitionId)).ToArray();
    }

    static void ReadPartition(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, int most, List<string> ids, CancellationToken ct)
    {
        var written = consumer.QueryWatermarkOffsets(partition, BrokerLimit);
        var next = Math.Max(written.Low.Value, written.High.Value - most);
        consumer.Assign(new TopicPartitionOffset(partition, next));
        while (next < written.High.Value && !ct.IsCancellationRequested)
        {
            if (consumer.Consume(PollLimit) is not { } result)
                return;
            next = result.Offset.Value + 1;
            if (result.Message.Value is { } value && Id(value) is { } id)
                ids.Add(id);
        }
    }

    static string? Id(byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, ContractJson.Default.Transcript)?.SegmentId;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
