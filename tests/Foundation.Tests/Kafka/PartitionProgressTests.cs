using CsCheck;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class PartitionProgressTests
{
    [Fact]
    public void In_whatever_order_work_ends_only_the_contiguous_prefix_is_committed() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 30], Gen.Int).Sample((start, count, seed) =>
        {
            var progress = new PartitionProgress(1, -1);
            var offsets = Enumerable.Range(0, count).Select(i => (long)(start + 2 * i)).ToArray(); // gaps, as compaction leaves them
            foreach (var offset in offsets)
                progress.HandOut(offset);
            var order = offsets.ToArray();
            new Random(seed).Shuffle(order);
            var done = new HashSet<long>();
            long committed = start;
            foreach (var offset in order)
            {
                done.Add(offset);
                committed = progress.Complete(offset) ?? committed;
                Assert.Equal(offsets.TakeWhile(done.Contains).Select(o => o + 1).LastOrDefault(start), committed);
                Assert.Null(progress.Complete(-1)); // done before
            }
        });

    [Fact]
    public void A_gap_is_counted_also_before_the_first_message()
    {
        var progress = new PartitionProgress(1, 10);
        Assert.Equal(5, progress.HandOut(15));
        Assert.Equal(0, progress.HandOut(16));
        Assert.Equal(3, progress.HandOut(20));
        Assert.Equal(0, new PartitionProgress(1, -1).HandOut(15));
    }
}
