using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>What must hold when a group gains and loses a member, on either broker and under either rebalance protocol.</summary>
static class Rebalancing
{
    /// <summary>
    /// The topic has four partitions and <paramref name="sent"/> messages, spread evenly; all but the last message of each partition are
    /// done before the second member joins.
    /// </summary>
    public static async Task SecondMemberTakesOver(KafkaClients clients, string group, string topic, int sent, CancellationToken ct)
    {
        await using var first = clients.Loop(group, topic);
        var taken = await first.TakeAsync(sent, ct);
        Assert.Equal(sent, taken.Select(m => m.Text()).Distinct().Count());
        var open = taken.GroupBy(m => m.Partition).Select(p => p.MaxBy(m => m.Offset)!).ToArray();
        foreach (var message in taken.Except(open))
            first.Done(message);

        await using var second = clients.Loop(group, topic);
        var moved = await second.TakeAsync(2, ct); // half of the partitions
        Assert.Subset(open.Select(m => m.Text()).ToHashSet(), moved.Select(m => m.Text()).ToHashSet());
        foreach (var message in open)
            first.Done(message); // of those that moved, passed over
        await second.DisposeAsync(); // nothing of the second's was done

        var missing = moved.Select(m => m.Text()).ToHashSet();
        await foreach (var message in first.ReadAllAsync(ct))
        {
            Assert.True(message.Assignment > taken.First(t => t.Partition == message.Partition).Assignment);
            if (missing.Remove(message.Text()) && missing.Count == 0)
                break;
        }
        Assert.Empty(missing);
    }
}
