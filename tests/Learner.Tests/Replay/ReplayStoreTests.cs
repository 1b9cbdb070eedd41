using Microsoft.Extensions.Time.Testing;
using Ssl.Learner.Replay;

namespace Ssl.Learner.Tests.Replay;

public sealed class ReplayStoreTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Segments_are_there_after_reopening_with_their_samples_and_positions()
    {
        using (var store = Open())
        {
            Fill(store, 1, 5);
            store.Flush();
        }
        using var reopened = Open();
        Assert.Equal([1, 2, 3, 4, 5], Numbers(reopened));
        Assert.Equal(0, reopened.RepairedBytes);
        Assert.Equal(6, reopened.NextOffsets()[0]);
    }

    [Fact]
    public void Nothing_is_visible_or_counted_before_the_flush()
    {
        using var store = Open();
        Fill(store, 1, 3);
        Assert.Equal(0, store.Catalogue.Count);
        Assert.Empty(store.NextOffsets());
        store.Flush();
        Assert.Equal(3, store.Catalogue.Count);
    }

    [Fact]
    public void A_segment_is_stored_once_also_across_restarts()
    {
        using (var store = Open())
        {
            Assert.Equal(AppendResult.Stored, store.Append(Segments.Numbered(7), 0, 1));
            Assert.Equal(AppendResult.Duplicate, store.Append(Segments.Numbered(7), 0, 2));
            store.Flush();
        }
        using var reopened = Open();
        Assert.Equal(AppendResult.Duplicate, reopened.Append(Segments.Numbered(7), 0, 3));
        Assert.Equal(1, reopened.Catalogue.Count);
    }

    [Fact]
    public void Ids_of_streams_and_segments_are_no_paths()
    {
        using var store = Open();
        Fill(store, 1, 1);
        store.Flush();
        var before = Files();
        foreach (var (index, vector) in Ssl.TestKit.Traversals.All.Index())
        {
            var segment = Segments.Numbered(index + 2, seconds: 0.01) with { Id = $"audio.raw/0/{vector}", StreamId = vector };
            store.Append(segment, 0, index + 2);
        }
        store.Flush();
        Assert.Equal(1 + Ssl.TestKit.Traversals.All.Count, store.Catalogue.Count);
        Assert.Equal(before, Files());

        string[] Files() => [.. Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order()];
    }

    [Fact]
    public void New_audio_under_an_old_id_is_stored()
    {
        using var store = Open();
        store.Append(Segments.Numbered(7), 0, 1);
        Assert.Equal(AppendResult.Stored, store.Append(Segments.Numbered(7) with { Pcm = new byte[64] }, 0, 1));
    }

    [Fact]
    public void Empty_and_half_samples_are_refused()
    {
        using var store = Open();
        Assert.Equal(AppendResult.Unusable, store.Append(Segments.Numbered(1) with { Pcm = Array.Empty<byte>() }, 0, 1));
        Assert.Equal(AppendResult.Unusable, store.Append(Segments.Numbered(1) with { Pcm = new byte[3] }, 0, 1));
    }

    /// <summary>Every length at which a crash can leave the last append.</summary>
    [Fact]
    public void A_torn_tail_is_cut_off_and_writing_goes_on()
    {
        using (var store = Open())
        {
            store.Append(Segments.Numbered(1, 0.01), 0, 1);
            store.Append(Segments.Numbered(2, 0.01), 0, 2);
            store.Flush();
        }
        var chunk = Directory.GetFiles(folder.Path, "chunk-*").Single();
        var whole = File.ReadAllBytes(chunk);
        for (var length = whole.Length / 2; length < whole.Length; length++)
        {
            File.WriteAllBytes(chunk, whole[..length]);
            using var store = Open();
            Assert.Equal([1], Numbers(store));
            Assert.Equal(length - whole.Length / 2, store.RepairedBytes);
            Assert.Equal(AppendResult.Stored, store.Append(Segments.Numbered(2, 0.01), 0, 2));
            store.Flush();
            Assert.Equal([1, 2], Numbers(store));
        }
    }

    [Fact]
    public void Samples_that_never_reached_the_disk_are_noticed()
    {
        using (var store = Open())
        {
            Fill(store, 1, 2);
            store.Flush();
        }
        var chunk = Directory.GetFiles(folder.Path, "chunk-*").Single();
        var bytes = File.ReadAllBytes(chunk);
        Array.Clear(bytes, bytes.Length - 4096, 4096); // a file that grew before its pages were written
        File.WriteAllBytes(chunk, bytes);
        using var reopened = Open();
        Assert.Equal([1], Numbers(reopened));
    }

    [Fact]
    public void Two_owners_of_one_folder_are_refused()
    {
        using var store = Open();
        Assert.Throws<IOException>(Open);
    }

    [Theory]
    [InlineData(nameof(Eviction.Oldest))]
    [InlineData(nameof(Eviction.Reservoir))]
    public void The_capacity_holds_and_what_left_does_not_come_back(string name)
    {
        var eviction = Enum.Parse<Eviction>(name);
        var options = new ReplayOptions { CapacityBytes = 16 << 20, Eviction = eviction };
        using (var store = new ReplayStore(folder.Path, options, time))
        {
            for (var number = 1; number <= 100; number++)
            {
                store.Append(Segments.Numbered(number, 20), 0, number); // 640 kB each: 64 MB through 16
                store.Flush();
                Assert.True(store.Bytes <= options.CapacityBytes, $"{store.Bytes} bytes");
            }
            Assert.Equal(store.Bytes, Directory.GetFiles(folder.Path, "chunk-*").Sum(f => new FileInfo(f).Length));
            var numbers = Numbers(store);
            Assert.InRange(numbers.Count, 20, 26);
            Assert.Contains(100, numbers);
            Assert.Equal(eviction == Eviction.Oldest, numbers.SequenceEqual(Enumerable.Range(101 - numbers.Count, numbers.Count)));
            if (eviction == Eviction.Reservoir)
                Assert.Equal(Enumerable.Range(91, 10), numbers.TakeLast(10)); // the newest are all there
        }
        using var reopened = new ReplayStore(folder.Path, options, time);
        for (var number = 1; number <= 100; number++)
            Assert.Equal(AppendResult.Duplicate, reopened.Append(Segments.Numbered(number, 20), 0, number));
    }

    [Fact]
    public void Nothing_older_than_the_retention_stays()
    {
        using var store = new ReplayStore(folder.Path, new ReplayOptions { Retention = TimeSpan.FromHours(10) }, time);
        for (var hour = 0; hour < 30; hour++)
        {
            store.Append(Segments.Numbered(hour, 0.1), 0, hour);
            store.Flush();
            time.Advance(TimeSpan.FromMinutes(59));
            store.EvictExpired();
            var numbers = Numbers(store);
            Assert.True(numbers.Min() > hour - 11, $"{numbers.Min()} at {hour} h");
            Assert.True(numbers.Count >= Math.Min(hour, 8), $"{numbers.Count} kept");
            time.Advance(TimeSpan.FromMinutes(1));
        }
        time.Advance(TimeSpan.FromHours(10));
        store.EvictExpired();
        Assert.Empty(Directory.GetFiles(folder.Path, "chunk-*"));
        Assert.Equal(0, store.Bytes);
        store.Append(Segments.Numbered(99, 0.1), 0, 99);
        store.Flush();
        Assert.Equal([99], Numbers(store));
    }

    [Fact]
    public void A_reader_of_an_evicted_segment_is_told()
    {
        using var store = new ReplayStore(folder.Path, new ReplayOptions { Retention = TimeSpan.FromHours(1) }, time);
        Fill(store, 1, 1);
        store.Flush();
        var segment = store.Catalogue[0];
        time.Advance(TimeSpan.FromHours(2));
        store.EvictExpired();
        Assert.False(store.TryRead(segment, 0, new short[10]));
    }

    ReplayStore Open() => new(folder.Path, new ReplayOptions(), time);

    static void Fill(ReplayStore store, int from, int to)
    {
        for (var number = from; number <= to; number++)
            Assert.Equal(AppendResult.Stored, store.Append(Segments.Numbered(number, 0.5), 0, number));
    }

    static List<int> Numbers(ReplayStore store)
    {
        var numbers = new List<int>();
        for (var i = 0; i < store.Catalogue.Count; i++)
        {
            var samples = new short[store.Catalogue[i].SampleCount];
            Assert.True(store.TryRead(store.Catalogue[i], 0, samples));
            Assert.All(samples, s => Assert.Equal(samples[0], s));
            numbers.Add(samples[0]);
        }
        return [.. numbers.Order()];
    }
}
