using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class OperatorLeversTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelRegistry registry;
    readonly OperatorLevers ann;

    public OperatorLeversTests()
    {
        registry = new ModelRegistry(new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        ann = new OperatorLevers(registry, "ann");
        var epoch = registry.AcquireEpoch("transcriber");
        for (var i = 0; i < 3; i++)
            registry.Publish(ModelKind.Recognizer, new ManifestDraft(), epoch, path =>
                File.WriteAllText(Path.Combine(path, "config.json"), "{}"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_move_says_who_when_and_why()
    {
        Assert.Equal("ssl@1 is the champion", ann.Promote(Id("ssl@1"), "first").Message);
        Assert.Equal("ssl@2 is the champion", ann.Promote(Id("ssl@2"), "better").Message);
        Assert.Equal(1, ann.RollBack("ssl", "not at all").Number);
        var champion = registry.Aliases()["champion"];
        Assert.Equal((1, "operator ann", "not at all"), (champion.Number, champion.Who, champion.Why));
        Assert.Equal(
            ["champion 1 first", "champion 2 better", "previous 1 was champion before 2", "champion 1 not at all",
                "previous 2 was champion before 1"],
            registry.History("ssl").OrderBy(r => r.When).ThenBy(r => r.Alias).Select(r => $"{r.Alias} {r.Number} {r.Why}"));
        Assert.All(registry.History("ssl"), r => Assert.Equal("operator ann", r.Who));
    }

    [Fact]
    public void A_pinned_version_is_unpinned_before_another_serves()
    {
        Assert.Equal("ssl@2 is the champion, and pinned", ann.Pin(Id("ssl@2"), "for the trial").Message);
        var bob = new OperatorLevers(registry, "bob");
        var refused = bob.Promote(Id("ssl@3"), "newer");
        Assert.Equal((false, false), (refused.Done, refused.IsUnknown));
        Assert.Equal("recognizer 2 is pinned by operator ann: for the trial; unpin it first", refused.Message);
        Assert.Equal(refused.Message, bob.Pin(Id("ssl@3"), "newer").Message);
        Assert.True(bob.Promote(Id("ssl@2"), "the same").Done);
        Assert.True(bob.Unpin("ssl", "over").Done);
        Assert.Equal("no version of ssl is pinned", bob.Unpin("ssl", "twice").Message);
        Assert.True(bob.Promote(Id("ssl@3"), "newer").Done);
    }

    [Fact]
    public void A_version_that_is_not_there_or_is_damaged_does_not_become_champion()
    {
        Assert.True(ann.Promote(Id("ssl@9"), "").IsUnknown);
        Assert.True(ann.Promote(Id("ssl@candidate"), "").IsUnknown);
        Assert.Equal("ssl had no champion before this one", ann.RollBack("ssl", "").Message);
        File.WriteAllText(Path.Combine(folder.Path, "recognizers", "000002", "config.json"), "[]");
        Assert.Contains("config.json", ann.Promote(Id("ssl@2"), "").Message, StringComparison.Ordinal);
        Assert.Empty(registry.Aliases());
    }

    [Fact]
    public async Task Moves_by_one_operator_at_the_same_time_are_all_made()
    {
        var moves = Enumerable.Range(0, 8).Select(i => Task.Run(() => ann.Promote(Id($"ssl@{1 + i % 3}"), $"move {i}")));
        Assert.All(await Task.WhenAll(moves), outcome => Assert.True(outcome.Done, outcome.Message));
        Assert.Equal(8, registry.History("ssl").Count(r => r.Alias == "champion" && r.Why.StartsWith("move", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_has_its_own_history()
    {
        ann.Promote(Id("ssl@1"), "default");
        new Champion(registry, "german").Promote(2, registry.AcquireEpoch("test"), "german");
        Assert.Equal(["german/champion"], registry.History("german").Select(r => r.Alias));
        Assert.Equal(["champion"], registry.History("ssl").Select(r => r.Alias));
        Assert.Empty(registry.History("french"));
    }

    [Fact]
    public void Shadow_records_of_several_replicas_add_up_until_the_champion_changes()
    {
        var records = new ShadowRecords(registry);
        records.Add(3, Record(champion: 1, words: 10, errors: 1));
        records.Add(3, Record(champion: 1, words: 10, errors: 4));
        Assert.Equal((2, 0.25), (records.All()[3].Requests, records.All()[3].Disagreement));
        records.Add(3, Record(champion: 2, words: 10, errors: 1));
        Assert.Equal((1, 0.1), (records.All()[3].Requests, records.All()[3].Disagreement));
        File.WriteAllText(folder.File("shadow.json"), "damaged");
        Assert.Empty(records.All());
        records.Add(4, Record(champion: 2, words: 10, errors: 1));
        Assert.Single(records.All());
    }

    static ShadowRecord Record(int champion, int words, int errors) => new()
    {
        Champion = champion,
        Requests = 1,
        AudioSeconds = 1,
        Words = words,
        Errors = errors,
        Updated = DateTimeOffset.UnixEpoch,
    };

    static ModelId Id(string text) => ModelId.Parse(text)!.Value;
}
