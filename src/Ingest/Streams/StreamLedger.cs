using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Ingest.Streams;

/// <summary>
/// How far each stream is in durable segments. The group's offset cannot say it: it is one number for all streams of a partition, and a
/// segment may begin inside a message. A restart resumes at the exact sample, so its segments have the same ids as without the restart.
/// Thread-safe.
/// </summary>
sealed class StreamLedger : IProgressReader
{
    readonly ProgressLog log;
    readonly ConcurrentDictionary<(int Partition, string Stream), StreamPosition> positions = new();

    public StreamLedger(ProgressLog log)
    {
        this.log = log;
        log.Add(this);
    }

    /// <summary>Where to resume a stream of a partition of <c>audio.raw</c>, in this assignment of it; null where it is new.</summary>
    public async Task<StreamPosition?> FindAsync((int Partition, string Stream) place, int assignment, CancellationToken ct)
    {
        await log.LoadAsync(place.Partition, assignment, ct);
        return positions.GetValueOrDefault(place);
    }

    /// <summary>Returns when the broker has it.</summary>
    public Task RecordAsync((int Partition, string Stream) place, StreamPosition position, CancellationToken ct) =>
        log.WriteAsync($"{place.Partition}/{place.Stream}", JsonSerializer.SerializeToUtf8Bytes(position), ct);

    public void Take(string key, byte[] value)
    {
        if (key.Split('/', 2) is [var first, var stream] && int.TryParse(first, CultureInfo.InvariantCulture, out var partition)
            && JsonSerializer.Deserialize<StreamPosition>(value) is { } position)
            positions[(partition, stream)] = position;
    }

    public void Forget(int partition, long committed, long end)
    {
        foreach (var (place, position) in positions.Where(p => p.Key.Partition == partition))
        {
            if (position.Offset < committed || position.Offset > end)
                positions.TryRemove(place, out _);
        }
    }
}

/// <summary>How far a stream is durably in segments: all its messages before this offset, and so many bytes of the message at it.</summary>
/// <param name="Voice">What the cutter knew there (<see cref="SilenceCutter.Memory"/>); null: the stream has ended.</param>
sealed record StreamPosition(long Offset, int Byte, IReadOnlyList<float>? Voice = null)
{
    /// <summary>True when every byte of the message was used.</summary>
    public bool Covers(long offset, int bytes) => offset < Offset || (offset == Offset && bytes <= Byte);
}
