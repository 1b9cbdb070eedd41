using Confluent.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>
/// A sample of the stream that a line's recognizers have heard, without its audio: a megabyte at most. It is filled while somebody asks
/// for it, anew when another recognizer serves; a full one is renewed by half after minutes. Thread-safe.
/// </summary>
sealed class SegmentPool(
    string line, SegmentSource source, SegmentHearing hearing, ModelRegistry registry, TimeProvider clock, ILogger logger)
{
    const int MaxSegments = 1000;
    const double MaxSeconds = 3600; // of audio; two versions hear it
    static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(5);
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30); // where the stream has less
    static readonly TimeSpan FillLimit = TimeSpan.FromMinutes(10);

    readonly Lock gate = new();
    readonly List<UnlabelledSegment> segments = []; // oldest first
    (int? Champion, int? Previous) heardBy;
    Task filling = Task.CompletedTask;
    int fills; // the last one alone adds
    long? begunAt;

    /// <summary>What is there after a while: the sample may be growing still.</summary>
    /// <param name="enoughSeconds">Of audio: no more is waited for.</param>
    /// <exception cref="KafkaException">Nothing is there, because no broker answers.</exception>
    /// <exception cref="TimeoutException">Nothing is there, because the broker is slow.</exception>
    public async Task<IReadOnlyList<UnlabelledSegment>> ReadAsync(
        double enoughSeconds, TimeSpan patience, CancellationToken stopping, CancellationToken ct)
    {
        var (fill, began) = (Fill(stopping), clock.GetTimestamp());
        while (!fill.IsCompleted && clock.GetElapsedTime(began) < patience && Snapshot().Sum(s => s.Seconds) < enoughSeconds)
            await Task.WhenAny(fill, Task.Delay(TimeSpan.FromMilliseconds(100), ct));
        ct.ThrowIfCancellationRequested();
        var read = Snapshot();
        if (read.Length == 0 && fill.IsFaulted)
            await fill;
        return read;
    }

    /// <summary>It is not to be proposed again.</summary>
    public void Remove(string id)
    {
        lock (gate)
            segments.RemoveAll(s => s.Id == id);
    }

    UnlabelledSegment[] Snapshot()
    {
        lock (gate)
            return [.. segments];
    }

    Task Fill(CancellationToken stopping)
    {
        var versions = hearing.Versions(line);
        lock (gate)
        {
            if (versions != heardBy)
            {
                heardBy = versions; // a fill by the former ones ends by itself
                segments.Clear();
            }
            else if (!filling.IsCompleted
                || segments.Count > 0 && begunAt is { } last && clock.GetElapsedTime(last) < (IsFull ? RenewAfter : LookAgainAfter))
                return filling;
            else if (IsFull)
                segments.RemoveRange(0, segments.Count / 2);
            begunAt = clock.GetTimestamp();
            var number = ++fills;
            return filling = Task.Run(() => FillAsync(number, versions, stopping), CancellationToken.None);
        }
    }

    async Task FillAsync(int number, (int? Champion, int? Previous) versions, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(FillLimit);
        try
        {
            if (KnownLabels.Read(registry, out _) is not { } labels)
                return;
            foreach (var chunk in source.Draw(MaxSegments, Random.Shared, limit.Token))
            {
                var fresh = chunk.Where(s => !labels.Hold(s) && !Holds(s.Id.Audio)).DistinctBy(s => s.Id.Audio); // some come twice
                if (!TryAdd(await HearAsync(fresh, versions, limit.Token), number, versions))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // the service stops, or is so busy that what there is must do
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            logger.SegmentsUnread(e.Message);
            throw;
        }
    }

    /// <summary>Leases the versions for so long only: a request may ask for another that needs their memory.</summary>
    async Task<IEnumerable<UnlabelledSegment>> HearAsync(
        IEnumerable<StreamSegment> fresh, (int? Champion, int? Previous) versions, CancellationToken ct)
    {
        var leases = new ModelLease?[2];
        try
        {
            await hearing.LeaseAsync(versions, leases, ct);
            return (await Task.WhenAll(fresh.Select(s => hearing.HearAsync(s, leases, ct)))).OfType<UnlabelledSegment>();
        }
        finally
        {
            foreach (var lease in leases)
                lease?.Dispose();
        }
    }

    /// <returns>False: it is full, other versions serve, or another fill has begun.</returns>
    bool TryAdd(IEnumerable<UnlabelledSegment> heard, int number, (int? Champion, int? Previous) by)
    {
        var isCurrent = hearing.Versions(line) == by;
        lock (gate)
        {
            if (!isCurrent || number != fills)
                return false;
            segments.AddRange([.. heard.Where(s => !Holds(s.Audio))]); // once: who chooses removes by id
            return !IsFull;
        }
    }

    bool Holds(string audio)
    {
        lock (gate)
            return segments.Any(s => s.Audio == audio);
    }

    bool IsFull => segments.Count >= MaxSegments || segments.Sum(s => s.Seconds) >= MaxSeconds;
}
