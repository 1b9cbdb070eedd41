using System.Collections.Concurrent;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>
/// Proposes segments of the stream to be labelled. Each is read again before it is proposed, and compared with the audio of all labels as
/// they are then. Nothing is computed until somebody asks. Thread-safe.
/// </summary>
sealed class LabelProposals(
    SegmentSource source, SegmentHearing hearing, ModelRegistry registry, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<LabelProposals> logger) : IDisposable
{
    const double PoolOverChoice = 5; // times as much audio to choose from is worth waiting for
    const int MaxLabelledHere = 1000;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly SegmentSelector selector = new(new SelectionRecipe());
    readonly ConcurrentDictionary<string, SegmentPool> pools = new(StringComparer.Ordinal); // by line
    readonly ConcurrentDictionary<string, float[]> labelledHere = new(StringComparer.Ordinal); // vectors, until the tuner lists the audio
    readonly RecentSegments recent = new();
    readonly SemaphoreSlim turn = new(1);

    /// <param name="seconds">Audio to propose.</param>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers.</exception>
    /// <exception cref="TimeoutException">The broker is slow.</exception>
    public async Task<ProposalList> ProposeAsync(string line, double seconds, CancellationToken ct)
    {
        if (KnownLabels.Read(registry, out var problem) is null)
            return new ProposalList([], 0, problem);
        var pool = pools.GetOrAdd(line, name => new SegmentPool(name, source, hearing, registry, clock, logger));
        var segments = await pool.ReadAsync(PoolOverChoice * seconds, Patience, lifetime.ApplicationStopping, ct);
        await turn.WaitAsync(ct);
        try
        {
            return KnownLabels.Read(registry, out problem) is { } labels // the wait may have been long
                ? await Task.Run(() => Choose(pool, segments, labels, seconds, ct), ct) : new ProposalList([], 0, problem);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <returns>Null: it is no longer on the topic, or its sender does not let it be trained on.</returns>
    /// <inheritdoc cref="ProposeAsync"/>
    public Task<StreamSegment?> FindAsync(SegmentId id, CancellationToken ct) =>
        Task.Run(() => recent.Find(id) ?? (source.Find([id], ct) is [var found] ? found : null), ct);

    /// <summary>Its label is on <c>audio.labeled</c>: it is not proposed again.</summary>
    public void Labelled(StreamSegment segment)
    {
        if (labelledHere.Count < MaxLabelledHere) // many more than a tuner takes seconds for
            labelledHere[segment.Id.Audio] = AcousticVector.Of(segment.Samples);
    }

    public void Dispose() => turn.Dispose();

    ProposalList Choose(
        SegmentPool pool, IReadOnlyList<UnlabelledSegment> segments, KnownLabels labels, double seconds, CancellationToken ct)
    {
        foreach (var audio in labelledHere.Keys.Where(labels.Hold))
            labelledHere.TryRemove(audio, out _); // it is among the tuner's now
        UnlabelledSegment[] left = [.. segments.Where(s => !labels.Hold(s.Audio) && !labelledHere.ContainsKey(s.Audio))];
        float[][] vectors = [.. labels.Vectors, .. labelledHere.Values];
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var chosen = selector.Choose(left, vectors, seconds);
            var usable = Usable([.. chosen.Select(p => SegmentId.Parse(p.Segment.Id)!.Value)], labels, ct);
            if (usable.Count == chosen.DistinctBy(p => p.Segment.Id).Count())
                return new ProposalList(chosen, left.Sum(s => s.Seconds), null);
            foreach (var unusable in chosen.Select(p => p.Segment.Id).Where(id => !usable.Contains(id)))
                pool.Remove(unusable);
            left = [.. left.Where(s => usable.Contains(s.Id) || chosen.All(p => p.Segment.Id != s.Id))];
        }
    }

    /// <summary>Those that can still be read and hold no audio of a label.</summary>
    HashSet<string> Usable(IReadOnlyList<SegmentId> ids, KnownLabels labels, CancellationToken ct)
    {
        var kept = ids.Select(recent.Find).OfType<StreamSegment>().ToArray();
        SegmentId[] missing = [.. ids.Except(kept.Select(s => s.Id))];
        var read = missing.Length == 0 ? [] : source.Find(missing, ct);
        var usable = kept.Concat(read).Where(s => !labels.Hold(s)).ToArray();
        foreach (var segment in usable)
            recent.Add(segment);
        return [.. usable.Select(s => $"{s.Id}")];
    }
}

/// <summary>What is proposed, best first.</summary>
/// <param name="ConsideredSeconds">Audio that it was chosen from.</param>
/// <param name="Problem">Why nothing can be proposed; null: it can, but there may be nothing to propose.</param>
sealed record ProposalList(IReadOnlyList<Proposal> Proposals, double ConsideredSeconds, string? Problem);
