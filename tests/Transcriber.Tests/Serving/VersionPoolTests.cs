using System.Collections.Concurrent;
using CsCheck;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving;

/// <summary>The pool of versions under requests that come at once; the test holds loads and lets them go.</summary>
public sealed class VersionPoolTests
{
    const long Size = 100; // bytes of every version
    const int Versions = 5;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly FakeLoads loads = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_for_a_version_that_is_being_loaded_share_it_and_one_that_gives_up_takes_it_from_nobody()
    {
        using var pool = Pool(10 * Size);
        var held = loads.Hold(1);
        using var impatient = new CancellationTokenSource();
        var givesUp = pool.LeaseAsync(1, impatient.Token);
        var others = Enumerable.Range(0, 5).Select(_ => pool.LeaseAsync(1, Ct)).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        held.SetResult();
        var leases = await Task.WhenAll(others).WaitAsync(Limit, Ct);
        Assert.Single(leases.Select(l => l.Lease!.Model).Distinct());
        Assert.Equal(1, loads.Started);
        Return(leases);
        Return(await pool.LeaseAsync(1, Ct));
        Assert.Equal(1, loads.Started);
    }

    [Fact]
    public async Task Who_alone_asked_and_gave_up_leaves_a_version_that_is_evicted_like_any_other()
    {
        using var pool = Pool(Size);
        var held = loads.Hold(1);
        using var impatient = new CancellationTokenSource();
        var givesUp = pool.LeaseAsync(1, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        held.SetResult();
        Return(await pool.LeaseAsync(2, Ct));
        Assert.Equal([2], loads.Alive);
    }

    [Fact]
    public async Task A_version_in_use_is_not_evicted_and_not_loaded_a_second_time_and_goes_when_its_last_lease_ends()
    {
        using var pool = Pool(2 * Size);
        var first = await pool.LeaseAsync(1, Ct);
        var second = await pool.LeaseAsync(1, Ct);
        Return(await pool.LeaseAsync(2, Ct));
        Return(await pool.LeaseAsync(3, Ct)); // 2 is newer than 1, but nobody uses it
        Assert.Equal([1, 3], loads.Alive);
        var again = await pool.LeaseAsync(1, Ct);
        Assert.Same(first.Lease!.Model, again.Lease!.Model);
        var third = await pool.LeaseAsync(3, Ct);
        Assert.True((await pool.LeaseAsync(2, Ct)).IsBusy); // 1 and 3 fill the bound
        Return(first, second, again);
        Return(await pool.LeaseAsync(2, Ct));
        Assert.Equal([2, 3], loads.Alive);
        Return(third);
    }

    [Fact]
    public async Task Versions_in_use_beyond_the_bound_go_as_soon_as_their_leases_end()
    {
        using var pool = Pool(3 * Size / 2);
        var (first, second) = (await pool.LeaseAsync(1, Ct), await pool.LeaseAsync(2, Ct)); // 1 alone does not fill it
        Assert.Equal([1, 2], loads.Alive);
        Assert.True((await pool.LeaseAsync(3, Ct)).IsBusy);
        Return(first);
        Assert.Equal([2], loads.Alive); // without another request
        Return(second);
        Assert.Equal([2], loads.Alive);
    }

    [Fact]
    public async Task A_failed_load_is_told_to_all_who_wait_and_the_next_request_tries_again()
    {
        using var pool = Pool(10 * Size);
        foreach (var failure in new Exception?[] { null, new IOException("the bucket does not answer") })
        {
            var held = loads.Hold(1, failed: true, failure);
            var waiting = Enumerable.Range(0, 3).Select(_ => pool.LeaseAsync(1, Ct)).ToArray();
            held.SetResult();
            foreach (var told in waiting)
            {
                if (failure is null)
                    Assert.Contains("damaged", (await told.WaitAsync(Limit, Ct)).Reason, StringComparison.Ordinal);
                else
                    Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => told.WaitAsync(Limit, Ct)));
            }
        }
        Assert.Equal(2, loads.Started);
        Return(await pool.LeaseAsync(1, Ct));
        Assert.Equal([1], loads.Alive);
    }

    [Fact]
    public async Task What_is_loaded_when_the_pool_ends_is_disposed_with_its_last_lease_and_what_comes_later_at_once()
    {
        var pool = Pool(10 * Size);
        var used = await pool.LeaseAsync(1, Ct);
        Return(await pool.LeaseAsync(2, Ct));
        var held = loads.Hold(3);
        var late = pool.LeaseAsync(3, Ct);
        await loads.UntilStartedAsync(3).WaitAsync(Limit, Ct);
        pool.Dispose();
        Assert.Equal([1], loads.Alive);
        held.SetResult();
        Assert.Null((await late.WaitAsync(Limit, Ct)).Lease);
        Return(used);
        Assert.Empty(loads.Alive);
    }

    /// <summary>
    /// At every moment: no version twice, none used after its end, and no more than the bound and one version in memory.
    /// </summary>
    [Fact]
    public Task Whatever_requests_do_at_once_no_copy_is_left_over_or_taken_away() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, Versions].Array[8, 30].Array[2, 4], Gen.Int[0, 1_000_000]).SampleAsync(async asked =>
        {
            var (fit, requests, seed) = asked;
            var fakes = new FakeLoads { MostAtOnce = fit + 1, FailEvery = 5, Yields = true };
            var pool = new VersionPool(fakes.LoadAsync, () => new HashSet<int>(), fit * Size);
            await Task.WhenAll(requests.Select((versions, user) => Task.Run(() => UseAsync(pool, versions, new Random(seed + user)))))
                .WaitAsync(Limit, Ct);
            for (var version = 1; version <= Versions; version++) // also waits for what is still being loaded for who gave up
            {
                var outcome = await pool.LeaseAsync(version, Ct).WaitAsync(Limit, Ct);
                Assert.False(outcome.IsBusy); // every lease is back
                outcome.Lease?.Dispose();
            }
            Assert.InRange(fakes.Alive.Count, 0, fit);
            pool.Dispose();
            Assert.Empty(fakes.Alive);
            Assert.Empty(fakes.Faults);
        }, iter: 200);

    static async Task UseAsync(VersionPool pool, int[] versions, Random random)
    {
        foreach (var version in versions)
        {
            using var patience = new CancellationTokenSource();
            if (random.Next(8) == 0)
                await patience.CancelAsync();
            try
            {
                var outcome = await pool.LeaseAsync(version, patience.Token);
                if (outcome.Lease is not { } lease)
                    continue;
                using (lease)
                {
                    lease.Run([new short[1]]);
                    await YieldAsync(random.Next(4));
                    lease.Run([new short[1]]);
                }
            }
            catch (OperationCanceledException)
            {
                // it gave up
            }
        }
    }

    static async Task YieldAsync(int times)
    {
        while (times-- > 0)
            await Task.Yield();
    }

    VersionPool Pool(long bound) => new(loads.LoadAsync, () => new HashSet<int>(), bound);

    static void Return(params LeaseOutcome[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            Assert.NotNull(outcome.Lease);
            outcome.Lease.Dispose();
        }
    }

    /// <summary>Loads versions that know whether they are disposed, and counts those that are not.</summary>
    sealed class FakeLoads
    {
        readonly ConcurrentDictionary<int, (TaskCompletionSource Go, bool Fails, Exception? Failure)> held = new();
        readonly ConcurrentDictionary<int, TaskCompletionSource> begun = new();
        readonly List<int> alive = [];
        int started;

        public int MostAtOnce { get; init; } = int.MaxValue;
        /// <summary>Of so many loads one fails; 0: none.</summary>
        public int FailEvery { get; init; }
        public bool Yields { get; init; }
        public int Started => Volatile.Read(ref started);
        public ConcurrentQueue<string> Faults { get; } = new();

        public IReadOnlyList<int> Alive
        {
            get
            {
                lock (alive)
                    return [.. alive.Order()];
            }
        }

        /// <summary>The next load of a version does not end before the result is completed.</summary>
        public TaskCompletionSource Hold(int number, bool failed = false, Exception? failure = null)
        {
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            held[number] = (go, failed, failure);
            return go;
        }

        public Task UntilStartedAsync(int number) => begun.GetOrAdd(number, _ => new()).Task;

        public async Task<(LoadedRecognizer? Loaded, string Reason)> LoadAsync(int number)
        {
            var count = Interlocked.Increment(ref started);
            begun.GetOrAdd(number, _ => new()).TrySetResult();
            var (fails, failure) = (FailEvery > 0 && count % FailEvery == 0, default(Exception));
            if (held.TryRemove(number, out var wait))
            {
                await wait.Go.Task;
                (fails, failure) = (wait.Fails, wait.Failure);
            }
            if (Yields)
                await YieldAsync(count % 3);
            if (failure is not null)
                throw failure;
            return fails ? (null, "its file is damaged") : (Begin(number), "");
        }

        LoadedRecognizer Begin(int number)
        {
            lock (alive)
            {
                if (alive.Contains(number))
                    Faults.Enqueue($"version {number} is in memory twice");
                alive.Add(number);
                if (alive.Count > MostAtOnce)
                    Faults.Enqueue($"{alive.Count} versions are in memory, {MostAtOnce} are allowed");
            }
            var disposed = false;
            return new LoadedRecognizer(number, number, (clips, _) =>
            {
                if (Volatile.Read(ref disposed))
                    Faults.Enqueue($"version {number} was used after its end");
                return [.. clips.Select(_ => new Transcription("", [], 1))];
            }, new Ending(() =>
            {
                if (Interlocked.Exchange(ref disposed, true))
                    Faults.Enqueue($"version {number} ended twice");
                lock (alive)
                    alive.Remove(number);
            }))
            {
                WeightBytes = Size,
            };
        }

        sealed class Ending(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
