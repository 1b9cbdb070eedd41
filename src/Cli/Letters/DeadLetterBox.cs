using System.Globalization;
using System.Text;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Letters;

/// <summary>Reads the topics of dead letters as they are now, and sends letters back to where they came from.</summary>
sealed class DeadLetterBox(KafkaClients clients)
{
    const string Suffix = ".dlq";
    static readonly string[] AllTopics = [Topics.AudioRawDeadLetters, Topics.AudioSegmentsDeadLetters];

    /// <summary>A letter's name: topic, partition and offset of the letter itself.</summary>
    public static string NameOf(ConsumedMessage letter) =>
        string.Create(CultureInfo.InvariantCulture, $"{letter.Topic}/{letter.Partition}/{letter.Offset}");

    public static string ReasonOf(ConsumedMessage letter) => letter.Header(MessageHeaders.FailureReason) ?? "";

    /// <summary>
    /// Letters, oldest first in each partition, one at a time; those that come after the call are left out, so that a letter that is
    /// replayed and refused again is not found again.
    /// </summary>
    /// <param name="topic">Null: of both topics.</param>
    /// <param name="reason">How the reason begins (<c>truncated</c>); null: any.</param>
    /// <param name="names">Only these; empty: all.</param>
    /// <exception cref="InvalidDataException">A name is none.</exception>
    public IEnumerable<ConsumedMessage> Find(string? topic, string? reason, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var wanted = names.Select(Parse).ToArray();
        var held = AllTopics.Where(t => topic is null || t == topic).Select(t => (Topic: t, Ranges: Ranges(t, wanted, ct))).ToArray();
        return held.SelectMany(h => Read(h.Topic, h.Ranges, ct))
            .Where(l => reason is null || ReasonOf(l).StartsWith(reason, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Sends a letter back to its topic and partition, with its origin in its headers. Bytes that were too many for the dead letter are
    /// taken from the source. False: they are not there any more.
    /// </summary>
    public async Task<bool> ReplayAsync(ConsumedMessage letter, CancellationToken ct)
    {
        var message = DeadLetters.Replayed(letter);
        if (Source(letter, ct) is { } source)
        {
            (message.Key, message.Value) = (letter.Key ?? source.Key, source.Value);
            foreach (var header in source.Headers.Where(h => !message.Headers.Any(known => known.Key == h.Key)))
                message.Headers.Add(header.Key, header.GetValueBytes()); // a letter that was too large carries none
        }
        if (message.Value is null)
            return false;
        var (topic, partition, _) = letter.Origin;
        var target = letter.Topic[..^Suffix.Length];
        await clients.DeliverAsync(target, message, ct, topic == target ? partition : null);
        return true;
    }

    /// <summary>A letter for a person: where, when, why, its headers.</summary>
    public static string Describe(ConsumedMessage letter)
    {
        var text = new StringBuilder($"{NameOf(letter)}, {letter.Value?.Length ?? 0} bytes, {Time(letter)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  key: {letter.KeyText}\n");
        foreach (var header in letter.Headers)
            text.Append(CultureInfo.InvariantCulture, $"  {header.Key}: {Encoding.UTF8.GetString(header.GetValueBytes() ?? [])}\n");
        if (letter.Value is { Length: > 0 } value)
            text.Append("  begins with: ").Append(Convert.ToHexStringLower(value.AsSpan(0, Math.Min(16, value.Length)))).Append('\n');
        return text.ToString();
    }

    public static string Line(ConsumedMessage letter)
    {
        var (topic, partition, offset) = letter.Origin;
        return string.Join('\t', NameOf(letter), Time(letter), letter.KeyText, $"{letter.Value?.Length ?? 0} bytes",
            string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}/{offset}"), ReasonOf(letter));
    }

    /// <summary>What <see cref="Line"/> says as fields, for programs.</summary>
    public static object Fields(ConsumedMessage letter) => new
    {
        Name = NameOf(letter),
        letter.Timestamp,
        Key = letter.KeyText,
        Bytes = letter.Value?.Length ?? 0,
        Source = string.Create(CultureInfo.InvariantCulture, $"{letter.Origin.Topic}/{letter.Origin.Partition}/{letter.Origin.Offset}"),
        Reason = ReasonOf(letter),
    };

    static string Time(ConsumedMessage letter) => letter.Timestamp?.ToString("u", CultureInfo.InvariantCulture) ?? "no time";

    OffsetRange[] Ranges(string topic, (string Topic, int Partition, long Offset)[] wanted, CancellationToken ct)
    {
        using var tail = new TopicTail(clients, topic);
        var held = tail.Partitions(ct);
        return wanted.Length == 0 ? [.. held] :
        [
            .. wanted.Where(w => w.Topic == topic && held.Any(h => h.Partition == w.Partition && w.Offset >= h.First && w.Offset < h.End))
                .Select(w => new OffsetRange(w.Partition, w.Offset, w.Offset + 1)),
        ];
    }

    IEnumerable<ConsumedMessage> Read(string topic, OffsetRange[] ranges, CancellationToken ct)
    {
        using var tail = new TopicTail(clients, topic);
        foreach (var letter in ranges.SelectMany(range => tail.Read(range, ct)))
            yield return letter;
    }

    /// <summary>The message that a letter without bytes was; null where the letter has them, or the source is gone.</summary>
    ConsumedMessage? Source(ConsumedMessage letter, CancellationToken ct)
    {
        var (topic, partition, offset) = letter.Origin;
        if (letter.Value is not null || topic == letter.Topic)
            return null;
        using var tail = new TopicTail(clients, topic);
        return tail.Partitions(ct).Where(p => p.Partition == partition && offset >= p.First && offset < p.End)
            .SelectMany(_ => tail.Read(new OffsetRange(partition, offset, offset + 1), ct)).FirstOrDefault();
    }

    static (string Topic, int Partition, long Offset) Parse(string name) =>
        name.Split('/') is [var topic, var partition, var offset] && AllTopics.Contains(topic)
        && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
        && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o)
            ? (topic, p, o)
            : throw new InvalidDataException($"'{name}' names no letter: `ssl dlq list` names them, {AllTopics[0]}/0/12 for instance");
}
