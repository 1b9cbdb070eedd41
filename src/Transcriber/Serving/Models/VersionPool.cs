using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Versions loaded at first use, once however many requests ask, and kept while they fit into a bound: what nobody uses goes, the least
/// recently used first. A version in use stays and counts until its last lease ends; where those in use fill the bound, no other is loaded.
/// So there is never a second copy of a version, and never more than the bound and one version, beside those that are never evicted. The
/// one asked for last stays also where it alone is larger. Thread-safe.
/// </summary>
/// <param name="load">Loads a version, or says why it cannot be; one call at a time: each needs memory and a core.</param>
/// <param name="kept">Numbers that are not evicted; asked before each load.</param>
sealed class VersionPool(
    Func<int, Task<(LoadedRecognizer? Loaded, string Reason)>> load, Func<IReadOnlySet<int>> kept, long maxBytes) : IDisposable
{
    readonly Lock gate = new();
    readonly LinkedList<Pooled> versions = new(); // most recently asked for first
    readonly SemaphoreSlim loading = new(1);
    IReadOnlySet<int> notEvicted = new HashSet<int>();
    bool isDisposed;

    /// <summary>A request that gives up does not end a load that has begun; one that nobody waits for does not begin.</summary>
    /// <returns>Without a lease: why the version cannot be loaded, or that there is no room for it now.</returns>
    public async Task<LeaseOutcome> LeaseAsync(int number, CancellationToken ct)
    {
        var asked = Ask(number);
        try
        {
            var (model, refusal) = await asked.Loading.WaitAsync(ct);
            return model is null ? refusal : model.TryLease(out var lease) ? new LeaseOutcome(lease) : LeaseOutcome.Stopping;
        }
        finally
        {
            lock (gate)
            {
                asked.Askers--;
                Evict();
            }
        }
    }

    /// <summary>Versions in use are disposed with their last lease.</summary>
    public void Dispose()
    {
        Pooled[] left;
        lock (gate)
        {
            (left, isDisposed) = ([.. versions], true);
            versions.Clear();
        }
        foreach (var version in left)
            version.Model?.Retire();
    }

    Pooled Ask(int number)
    {
        lock (gate)
        {
            var asked = versions.FirstOrDefault(v => v.Number == number);
            if (asked is not null)
                versions.Remove(asked);
            else
            {
                asked = new Pooled(number);
                asked.Loading = Task.Run(() => LoadAsync(asked));
            }
            versions.AddFirst(asked);
            asked.Askers++;
            return asked;
        }
    }

    async Task<(ServingModel? Model, LeaseOutcome Refusal)> LoadAsync(Pooled asked)
    {
        await loading.WaitAsync();
        var isThere = false;
        try
        {
            var never = kept();
            lock (gate)
            {
                if (isDisposed)
                    return (null, LeaseOutcome.Stopping);
                if (asked.Askers == 0) // all have given up while others were loaded
                {
                    versions.Remove(asked);
                    return (null, LeaseOutcome.Busy(asked.Number));
                }
                notEvicted = never;
                Evict(); // one that alone is larger
                if (versions.Where(v => v.IsInUse).Sum(v => v.Bytes) >= maxBytes)
                    return (null, LeaseOutcome.Busy(asked.Number));
            }
            var (loaded, reason) = await load(asked.Number);
            if (loaded is null)
                return (null, LeaseOutcome.Failed(asked.Number, reason));
            var model = ServingModel.Of(loaded, whenIdle: EvictIdle);
            lock (gate)
            {
                isThere = !isDisposed;
                if (isThere)
                {
                    (asked.Model, asked.Bytes) = (model, loaded.WeightBytes);
                    Evict();
                    return (model, default);
                }
            }
            model.Retire();
            return (null, LeaseOutcome.Stopping);
        }
        finally
        {
            if (!isThere)
            {
                lock (gate)
                    versions.Remove(asked); // the next request tries again
            }
            loading.Release();
        }
    }

    void EvictIdle()
    {
        lock (gate)
            Evict();
    }

    void Evict()
    {
        for (var node = versions.Last; node is not null && versions.Sum(v => v.Bytes) > maxBytes;)
        {
            var (version, before) = (node.Value, node.Previous);
            if (version.Askers == 0 && before is not null && !notEvicted.Contains(version.Number) && version.Model?.TryRetire() == true)
                versions.Remove(node);
            node = before;
        }
    }

    sealed class Pooled(int number)
    {
        public int Number => number;
        public Task<(ServingModel? Model, LeaseOutcome Refusal)> Loading { get; set; } = null!;
        public ServingModel? Model { get; set; } // null while it is being loaded
        public long Bytes { get; set; }
        public int Askers { get; set; } // requests that wait for it or are about to lease it
        public bool IsInUse => Askers > 0 || Model?.IsLeased == true;
    }
}
