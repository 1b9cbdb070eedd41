using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// Which messages behind the committed offset are worked off. An open stream holds the offset back, and it is committed once a second:
/// after a kill everything behind it would be made again. Thread-safe.
/// </summary>
sealed class ClipLedger : IProgressReader
{
    const int MaxRanges = 2_000; // 30 kB; what is beyond is made again after a kill
    static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(50);

    readonly ProgressLog log;
    readonly Dictionary<int, Progress> partitions = [];

    public ClipLedger(ProgressLog log)
    {
        this.log = log;
        log.Add(this);
    }

    /// <summary>True when the message was worked off before a restart, here or by another member.</summary>
    public async ValueTask<bool> IsDoneAsync(ConsumedMessage message, CancellationToken ct)
    {
        await log.LoadAsync(message.Partition, message.Assignment, ct);
        lock (partitions)
            return partitions.TryGetValue(message.Partition, out var progress) && progress.Done.Contains(message.Offset);
    }

    /// <summary>What became of the message is durable. The record of it is written soon, and need not be waited for.</summary>
    public void Record(ConsumedMessage message, long committed)
    {
        lock (partitions)
        {
            var progress = Of(message.Partition);
            progress.Done.Add(message.Offset);
            progress.Done.RemoveWhere(offset => offset < committed);
            progress.HasChanged = true;
            if (progress.IsWriting)
                return;
            progress.IsWriting = true;
        }
        _ = WriteAsync(message.Partition);
    }

    public void Take(string key, byte[] value)
    {
        if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || JsonSerializer.Deserialize<long[]>(value) is not { } ranges)
            return;
        lock (partitions)
        {
            foreach (var range in ranges.Chunk(2))
                for (var offset = range[0]; offset <= range[^1]; offset++)
                    Of(partition).Done.Add(offset);
        }
    }

    public void Forget(int partition, long committed, long end)
    {
        lock (partitions)
            Of(partition).Done.RemoveWhere(offset => offset < committed || offset >= end);
    }

    /// <summary>A failed write costs repetitions after a kill, and nothing else.</summary>
    async Task WriteAsync(int partition)
    {
        while (TryBegin(partition) is { } value)
        {
            try
            {
                await log.WriteAsync(partition.ToString(CultureInfo.InvariantCulture), value, CancellationToken.None);
            }
            catch (Exception e) when (e is KafkaException or ObjectDisposedException)
            {
                // with the next
            }
            await Task.Delay(WriteEvery);
        }
    }

    /// <summary>Null: there is nothing new to write.</summary>
    byte[]? TryBegin(int partition)
    {
        lock (partitions)
        {
            var progress = Of(partition);
            progress.IsWriting = progress.HasChanged;
            progress.HasChanged = false;
            return progress.IsWriting ? JsonSerializer.SerializeToUtf8Bytes(Ranges(progress.Done).Take(2 * MaxRanges)) : null;
        }
    }

    /// <summary>First and last of each run.</summary>
    static IEnumerable<long> Ranges(SortedSet<long> offsets)
    {
        long? last = null;
        foreach (var offset in offsets)
        {
            if (offset != last + 1)
            {
                if (last is { } end)
                    yield return end;
                yield return offset;
            }
            last = offset;
        }
        if (last is { } final)
            yield return final;
    }

    Progress Of(int partition) =>
        partitions.TryGetValue(partition, out var progress) ? progress : partitions[partition] = new Progress();

    sealed class Progress
    {
        public SortedSet<long> Done { get; } = [];
        public bool HasChanged { get; set; }
        public bool IsWriting { get; set; }
    }
}
