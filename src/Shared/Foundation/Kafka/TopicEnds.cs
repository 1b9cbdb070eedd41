using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Where the partitions of a topic end, asked of the broker in the background over a connection of its own: on that of the reader an answer
/// waits behind a fetch. Times are timestamps of <see cref="TimeProvider.System"/>. Thread-safe.
/// </summary>
public sealed class TopicEnds(KafkaClients clients, string topic, string group) : IDisposable
{
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(2); // an answer that took longer came from a broker that was away
    static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(400);

    readonly Lazy<IConsumer<byte[]?, byte[]?>> consumer = new(() => clients.CreateConsumer(group)); // not a member: it only asks
    readonly ConcurrentDictionary<int, Answers> partitions = new();

    /// <summary>The latest answer; null before the first, and while the broker does not answer. Asks again for the next call.</summary>
    public PartitionEnd? Of(int partition)
    {
        var answers = partitions.GetOrAdd(partition, _ => new());
        if (Interlocked.CompareExchange(ref answers.Asking, 1, 0) == 0)
            answers.Asked = Task.Run(() => AskAsync(partition, answers));
        return answers.Latest;
    }

    public void Dispose()
    {
        // A consumer that is destroyed under a running query crashes the process; a query ends within its limit.
        Task.WaitAll([.. partitions.Values.Select(a => a.Asked)], RequestLimit + MaxGap);
        if (consumer.IsValueCreated)
            consumer.Value.Dispose();
    }

    async Task AskAsync(int partition, Answers answers)
    {
        var at = TimeProvider.System.GetTimestamp(); // before the request: at that moment there was no more
        try
        {
            var offset = consumer.Value.QueryWatermarkOffsets(new TopicPartition(topic, partition), RequestLimit).High.Value;
            var wasAway = TimeProvider.System.GetElapsedTime(at) > MaxGap;
            var since = answers.Latest is { } before && !wasAway ? before.AnsweringSince : TimeProvider.System.GetTimestamp();
            answers.Latest = new PartitionEnd(offset, at, since);
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            answers.Latest = null;
        }
        finally
        {
            await Task.Delay(AskEvery);
            Volatile.Write(ref answers.Asking, 0);
        }
    }

    sealed class Answers
    {
        public int Asking;
        public volatile Task Asked = Task.CompletedTask;
        public volatile PartitionEnd? Latest;
    }
}
