using System.Text;
using Confluent.Kafka;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Tests;

public sealed class SequenceOrderTests
{
    int offset;

    ConsumedMessage Block(string? sequence, byte content)
    {
        var headers = new Headers();
        if (sequence is not null)
            headers.Add(MessageHeaders.Sequence, Encoding.UTF8.GetBytes(sequence));
        return new ConsumedMessage(Topics.AudioRaw, 0, offset++, "call"u8.ToArray(), [content, 1], headers, null);
    }

    string Judge(params (string? Sequence, int Content)[] blocks)
    {
        var order = new SequenceOrder();
        return string.Join(' ', blocks.Select(b => order.Judge(Block(b.Sequence, (byte)b.Content))));
    }

    [Fact]
    public void Blocks_in_order_are_next_also_behind_a_gap() =>
        Assert.Equal("Next Next Next", Judge(("7", 1), ("8", 2), ("12", 3)));

    [Fact]
    public void A_block_sent_twice_is_a_repetition() =>
        Assert.Equal("Next Repeated Next Repeated", Judge(("1", 1), ("1", 1), ("2", 2), ("1", 1)));

    [Fact]
    public void A_block_behind_which_others_were_used_is_late() =>
        Assert.Equal("Next Next Next Late", Judge(("1", 1), ("2", 2), ("4", 4), ("3", 3)));

    [Theory]
    [InlineData("0", "0", "0")] // a constant
    [InlineData(null, null, null)]
    [InlineData("first", "second", "third")]
    public void Numbers_that_say_nothing_change_nothing(params string?[] numbers) =>
        Assert.Equal("Next Next Next", Judge([.. numbers.Select((n, i) => (n, i))]));

    [Fact]
    public void A_sender_that_counts_from_the_beginning_again_is_not_taken_for_one_that_repeats_itself()
    {
        Assert.Equal("Next Next Next NewCount", Judge(("0", 1), ("1", 2), ("2", 3), ("0", 4)));
        Assert.Equal("Next Next NewCount", Judge(("500", 1), ("501", 2), ("0", 3)));
    }

    [Fact]
    public void A_message_tried_again_is_judged_as_before()
    {
        var (order, block) = (new SequenceOrder(), Block("1", 1));
        Assert.Equal(BlockOrder.Next, order.Judge(block));
        Assert.Equal(BlockOrder.Next, order.Judge(block));
    }
}
