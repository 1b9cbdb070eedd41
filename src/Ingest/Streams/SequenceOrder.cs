using System.Globalization;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// Whether the next block of a stream follows the last one, by its <c>ce_sequence</c>. Senders that count from the beginning again, or
/// give every block the same number, are not taken for ones that repeat themselves: a repetition has the bytes and the <c>ce_id</c> of the
/// first. Blocks without a number are taken as they come. Not thread-safe.
/// </summary>
sealed class SequenceOrder
{
    const int Window = 64; // blocks

    readonly SortedDictionary<long, (int Bytes, string? Id)> seen = []; // by number; a hash of the bytes, the ce_id
    (long Offset, BlockOrder Order) judged = (-1, BlockOrder.Next);
    bool saysNothing; // blocks that differ had the same number

    /// <summary>The newest number.</summary>
    public long Last { get; private set; }

    /// <summary>The number of a block, or null.</summary>
    public static long? NumberOf(ConsumedMessage message) => long.TryParse(
        message.Header(MessageHeaders.Sequence), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The same again for the message that it judged last: it may be tried again after a failure.</summary>
    public BlockOrder Judge(ConsumedMessage message)
    {
        if (judged.Offset != message.Offset)
            judged = (message.Offset, JudgeNew(message));
        return judged.Order;
    }

    BlockOrder JudgeNew(ConsumedMessage message)
    {
        if (NumberOf(message) is not { } number || saysNothing)
            return BlockOrder.Next;
        var bytes = new HashCode();
        bytes.AddBytes(message.Value);
        var block = (Bytes: bytes.ToHashCode(), Id: message.Header(MessageHeaders.Id));
        if (seen.TryGetValue(number, out var known) && known.Bytes == block.Bytes && (known.Id == block.Id || number == Last))
            return BlockOrder.Repeated;
        saysNothing = seen.ContainsKey(number) && number == Last;
        if (seen.Count > 0 && number < Last)
            return seen.ContainsKey(number) || number < seen.Keys.First() ? BlockOrder.NewCount : BlockOrder.Late;
        (Last, seen[number]) = (number, block);
        if (seen.Count > Window)
            seen.Remove(seen.Keys.First());
        return BlockOrder.Next;
    }
}

/// <summary>How a block stands to those before it.</summary>
enum BlockOrder
{
    Next, // it follows, perhaps behind some that are missing
    Repeated, // the same block again
    Late, // blocks behind it are used already
    NewCount, // the sender began anew
}
