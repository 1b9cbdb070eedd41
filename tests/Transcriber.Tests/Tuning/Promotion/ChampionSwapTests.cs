using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

public sealed class ChampionSwapTests : IDisposable
{
    readonly TestRegistry test = new();
    readonly WriterEpoch epoch;

    public ChampionSwapTests() => epoch = test.Registry.AcquireEpoch("transcriber");

    public void Dispose() => test.Dispose();

    [Fact]
    public void An_empty_registry_lets_nothing_serve()
    {
        Assert.False(test.Swap.Restore());
        Assert.Equal(0, test.Serving);
    }

    [Fact]
    public void The_champion_serves_again_after_a_restart()
    {
        test.PublishChampion(epoch);
        var champion = test.PublishChampion(epoch, seed: 2);
        test.Restart();
        Assert.True(test.Swap.Restore());
        Assert.Equal(champion, test.Serving);
        using var lease = test.Slot.TryLease()!;
        Assert.Equal(1, lease.Model.EncoderNumber);
        Assert.Single(lease.Run([new short[16_000]]));
    }

    [Theory]
    [InlineData("model.safetensors", "flip")]
    [InlineData("model.safetensors", "cut")]
    [InlineData("model.safetensors", "delete")]
    [InlineData("vocab.json", "flip")]
    [InlineData("manifest.json", "cut")]
    public void A_damaged_champion_falls_back_to_the_one_before_it(string file, string damage)
    {
        var previous = test.PublishChampion(epoch);
        Damage(test.RecognizerFile(test.PublishChampion(epoch, seed: 2), file), damage);
        Assert.True(test.Swap.Restore());
        Assert.Equal(previous, test.Serving);
    }

    [Fact]
    public void A_version_that_does_not_load_leaves_the_serving_one_alone()
    {
        var good = test.PublishChampion(epoch);
        test.Swap.Restore();
        var bad = test.PublishChampion(epoch, seed: 2);
        Damage(test.RecognizerFile(bad, "model.safetensors"), "flip");
        Assert.False(test.Swap.Swap(bad));
        Assert.Equal(good, test.Serving);
    }

    [Fact]
    public void A_champion_that_another_process_promoted_serves_at_the_next_look()
    {
        test.PublishChampion(epoch);
        test.Swap.Restore();
        var promoted = test.PublishChampion(epoch, seed: 2);
        test.Swap.Follow();
        Assert.Equal(promoted, test.Serving);
    }

    [Fact]
    public void A_version_that_does_not_load_is_not_promoted()
    {
        var good = test.PublishChampion(epoch);
        test.PublishCandidate(epoch, seed: 2, encoder: 1);
        var bad = test.Registry.Aliases()[ModelId.Candidate].Number;
        Damage(test.RecognizerFile(bad, "model.safetensors"), "flip");
        var version = test.Registry.Find(ModelKind.Recognizer, bad)!;
        Assert.False(test.Publisher.TryPromote(
            version, test.Registry.Aliases(), epoch, () => { }, out var reason, TestContext.Current.CancellationToken));
        Assert.Contains("model.safetensors", reason, StringComparison.Ordinal);
        Assert.Equal(good, test.ChampionNumber);
        Assert.Equal($"passed the gate, not promoted: {reason}", test.Registry.Aliases()[ModelId.Candidate].Why);
    }

    [Fact]
    public async Task Versions_are_leased_by_number_and_alias()
    {
        var first = test.PublishChampion(epoch);
        var second = test.PublishChampion(epoch, seed: 2);
        test.Registry.MoveAlias(ModelId.Candidate, first, epoch, "test");
        test.Swap.Restore();
        using var catalog = new ModelCatalog(test.Slots, test.Registry,
            new RecognizerLoader(test.Registry, new DecodingRecipe()), new ServingOptions());
        Assert.Equal(second, await NumberAsync(catalog, "ssl"));
        Assert.Equal(second, await NumberAsync(catalog, $"ssl@{second}"));
        Assert.Equal(first, await NumberAsync(catalog, $"ssl@{first}"));
        Assert.Equal(first, await NumberAsync(catalog, "ssl@candidate"));
        Assert.Equal(first, await NumberAsync(catalog, "ssl@previous"));
        Assert.True((await catalog.LeaseAsync("ssl@99", TestContext.Current.CancellationToken)).IsUnknown);
    }

    static async Task<int> NumberAsync(ModelCatalog catalog, string id)
    {
        using var lease = (await catalog.LeaseAsync(id, TestContext.Current.CancellationToken)).Lease!;
        return lease.Model.Number;
    }

    static void Damage(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        if (how == "delete")
            File.Delete(path);
        else if (how == "cut")
            File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        else
        {
            bytes[bytes.Length / 2] ^= 4;
            File.WriteAllBytes(path, bytes);
        }
    }
}
