using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Produces to a topic no faster than its readers keep up, where the broker needs it: the embedded one holds 5 MB a partition and then
/// drops the oldest without a word. A message is sent once the bytes that the slowest group has not committed leave room for it.
/// On a real broker messages pass straight through. Thread-safe.
/// </summary>
public sealed class DownstreamPacer(KafkaClients clients, string topic, IReadOnlyList<string> groups) : IDisposable
{
    /// <summary>
    /// Half of the 5 MB of a partition, less record headers: a second writer may do the same, and neither sees the other in time.
    /// </summary>
    const long RoomBytes = 2_000_000;

    /// <summary>
    /// Two of the largest fit into a partition of the embedded broker: a message that makes it drop all that it holds is lost too
    /// (rd_kafka_mock_msgset_new removes the last one, and with it the new offset).
    /// </summary>
    const int LargestEmbeddedBytes = 2_400_000;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    readonly UnreadMessages unread = new(clients, topic, groups);
    readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>How long a group may take to commit anything at all.</summary>
    public TimeSpan FirstCommitLimit { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>How long a group that has committed before may take to commit more.</summary>
    public TimeSpan StandstillLimit { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>False: a broker that is away for two minutes is an error.</summary>
    public bool WaitsForBroker { get; init; } = true;
    /// <summary>Bytes of key and value that one message may have here; what is larger must be sent in pieces.</summary>
    public int LargestMessageBytes => clients.Options.Embedded ? LargestEmbeddedBytes : KafkaOptions.LargestMessageBytes;

    /// <exception cref="ArgumentException">Larger than <see cref="LargestMessageBytes"/>, the message would be lost by the embedded
    /// broker.</exception>
    /// <exception cref="TimeoutException">The readers made no room in time: one of them is not running; says which.</exception>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refused the message.</exception>
    public async Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(Message<byte[]?, byte[]?> message, CancellationToken ct)
    {
        if (!clients.Options.Embedded)
            return await (WaitsForBroker ? clients.DeliverAsync(topic, message, ct) : clients.ProduceAsync(topic, message, ct));
        var bytes = (message.Value?.Length ?? 0) + (message.Key?.Length ?? 0);
        if (bytes > LargestMessageBytes)
            throw new ArgumentException(
                $"{topic}: {bytes:N0} bytes are too large: the embedded broker carries {LargestMessageBytes:N0}", nameof(message));
        await turn.WaitAsync(ct);
        try
        {
            await WaitForRoomAsync(bytes, ct);
            var delivered = await clients.ProduceAsync(topic, message, ct);
            unread.Add(delivered.Partition.Value, delivered.Offset.Value, bytes);
            return delivered;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        unread.Dispose();
        turn.Dispose();
    }

    /// <summary>The partition is not known before the message is sent, so each must have room.</summary>
    async Task WaitForRoomAsync(long bytes, CancellationToken ct)
    {
        if (unread.FullestBytes + bytes <= RoomBytes)
            return;
        var (waited, moved) = (DateTime.UtcNow, DateTime.UtcNow);
        for (var before = unread.CommittedTotal; ; before = unread.CommittedTotal)
        {
            await Task.Run(unread.Refresh, ct);
            if (unread.IsEmpty || unread.FullestBytes + bytes <= RoomBytes)
                return;
            if (unread.CommittedTotal > before)
                moved = DateTime.UtcNow;
            if (unread.Silent is { } silent && DateTime.UtcNow - waited > FirstCommitLimit)
                throw new TimeoutException(
                    $"{topic}: its reader {silent} has committed nothing in {FirstCommitLimit.TotalSeconds:0} s; is it running?");
            if (DateTime.UtcNow - moved > StandstillLimit)
                throw new TimeoutException(
                    $"{topic}: its readers ({string.Join(", ", groups)}) made no room in {StandstillLimit}; is one down?");
            await Task.Delay(Poll, ct);
        }
    }
}
