using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving;

public sealed class ModelCatalogTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelRegistry registry;
    readonly RecognizerLoader loader;
    readonly ServingSlot slot = new(TimeProvider.System);
    readonly int[] numbers;
    readonly long bytes;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ModelCatalogTests()
    {
        registry = new ModelRegistry(new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        loader = new RecognizerLoader(registry, new DecodingRecipe());
        numbers = [.. Enumerable.Range(1, 4).Select(seed => TestRecognizers.Publish(registry, seed))];
        TestRecognizers.Name(registry, ModelId.Champion, numbers[0]);
        var champion = loader.Load(numbers[0], out _)!;
        bytes = champion.WeightBytes;
        slot.Swap(ServingModel.Of(champion));
    }

    public void Dispose()
    {
        slot.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Requests_that_come_at_the_same_time_load_a_version_once()
    {
        using var catalog = Catalog(4 * bytes);
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(() => catalog.LeaseAsync($"ssl@{numbers[1 + i % 2]}", Ct))));
        Assert.Equal(2, leases.Select(l => l.Lease!.Model).Distinct().Count());
        foreach (var outcome in leases)
            outcome.Lease!.Dispose();
    }

    [Fact]
    public async Task What_does_not_fit_goes_least_recently_used_first_and_a_champion_not_at_all()
    {
        using var catalog = Catalog(2 * bytes);
        var (first, second) = (await UseAsync(catalog, 1), await UseAsync(catalog, 2));
        Assert.Same(first, await UseAsync(catalog, 1));
        var third = await UseAsync(catalog, 3); // the second was used before the first
        Assert.Equal((true, false, true), (IsLoaded(first), IsLoaded(second), IsLoaded(third)));
        TestRecognizers.Name(registry, "german/champion", numbers[1]);
        second = await UseAsync(catalog, 2); // the first is older than the third, but champion of a line
        Assert.Equal((true, true, false), (IsLoaded(first), IsLoaded(second), IsLoaded(third)));
        Assert.Equal(numbers[0], (await catalog.LeaseAsync("ssl", Ct)).Lease!.Model.Number);
    }

    [Fact]
    public async Task A_version_that_is_larger_than_the_bound_is_there_until_the_next_is_asked_for_and_none_beside_it_while_it_is_used()
    {
        using var catalog = Catalog(bytes / 2);
        var first = await UseAsync(catalog, 1);
        using (var running = (await catalog.LeaseAsync($"ssl@{numbers[1]}", Ct)).Lease!)
        {
            Assert.Same(first, running.Model);
            var refused = await catalog.LeaseAsync($"ssl@{numbers[2]}", Ct);
            Assert.True(refused is { Lease: null, IsBusy: true });
            Assert.Contains("OtherVersionsBytes", refused.Reason, StringComparison.Ordinal);
            Assert.Single(running.Run([new short[16_000]]));
        }
        await UseAsync(catalog, 2);
        Assert.NotSame(first, await UseAsync(catalog, 1)); // loaded again
    }

    [Fact]
    public async Task A_version_that_does_not_load_says_why_each_time_and_loads_once_it_is_mended()
    {
        using var catalog = Catalog(4 * bytes);
        var vocabulary = Path.Combine(folder.Path, "recognizers", $"{numbers[1]:D6}", "vocab.json");
        var content = File.ReadAllBytes(vocabulary);
        File.WriteAllText(vocabulary, "{}");
        for (var i = 0; i < 2; i++)
            Assert.Contains("vocab.json", (await catalog.LeaseAsync($"ssl@{numbers[1]}", Ct)).Reason, StringComparison.Ordinal);
        File.WriteAllBytes(vocabulary, content);
        await UseAsync(catalog, 1);
    }

    ModelCatalog Catalog(long bound) => new(new ServingSlots(slot, [ModelId.DefaultLine], TimeProvider.System), registry, loader,
        new ServingOptions { OtherVersionsBytes = bound });

    async Task<ServingModel> UseAsync(ModelCatalog catalog, int index)
    {
        using var lease = (await catalog.LeaseAsync($"ssl@{numbers[index]}", Ct)).Lease!;
        return lease.Model;
    }

    static bool IsLoaded(ServingModel model)
    {
        var leased = model.TryLease(out var lease);
        lease?.Dispose();
        return leased;
    }
}
