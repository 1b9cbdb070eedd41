using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class ChampionTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelRegistry registry;
    readonly Champion champion;
    readonly WriterEpoch epoch;

    public ChampionTests()
    {
        var options = new RegistryOptions { Path = folder.Path, KeepVersions = 3 };
        registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        (champion, epoch) = (new Champion(registry), registry.AcquireEpoch("transcriber"));
        for (var i = 0; i < 3; i++)
            Publish();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_promotion_makes_the_compared_version_previous_in_the_same_write()
    {
        Assert.True(champion.TryPromote(1, null, registry.Aliases(), epoch, "first", out _));
        Assert.Equal((1, null), Now());
        Assert.True(champion.TryPromote(2, 1, registry.Aliases(), epoch, "better", out _));
        Assert.Equal((2, 1), Now());
        var entry = registry.Aliases()["champion"];
        Assert.Equal((2, "transcriber", epoch.Epoch, "better"), (entry.Number, entry.Who, entry.Epoch, entry.Why));
        Assert.Equal(entry.When, registry.Aliases()["previous"].When);
    }

    [Fact]
    public void A_version_that_is_not_there_becomes_neither_champion_nor_previous()
    {
        Assert.True(champion.TryPromote(1, 99, registry.Aliases(), epoch, "first", out _));
        Assert.Equal((1, null), Now());
        Assert.Throws<ArgumentException>(() => champion.Promote(99, epoch, "there is none"));
        Assert.Equal((1, null), Now());
    }

    [Fact]
    public void A_promotion_fails_where_the_champion_has_moved_since_the_candidate_was_judged()
    {
        var judged = registry.Aliases();
        champion.Promote(1, epoch, "an operator's");
        Assert.False(champion.TryPromote(2, null, judged, epoch, "late", out var reason));
        Assert.Contains("has become 1", reason);
        judged = registry.Aliases();
        champion.Promote(3, epoch, "away");
        champion.Promote(1, epoch, "and back");
        Assert.False(champion.TryPromote(2, 1, judged, epoch, "late", out _));
        registry.MoveAlias(ModelId.Candidate, 2, epoch, "moving the candidate does not matter");
        Assert.Equal((1, 3), Now());
    }

    [Fact]
    public void A_pin_holds_the_champion_against_gate_and_operators_and_goes_along_with_a_roll_back()
    {
        champion.Promote(1, epoch, "first");
        var judged = registry.Aliases();
        Assert.Null(champion.Pin(1, epoch, "for the trial"));
        Assert.False(champion.TryPromote(2, 1, judged, epoch, "better", out var reason));
        Assert.Equal("recognizer 1 is pinned: for the trial", reason);
        var pinned = registry.Aliases();
        Assert.False(champion.TryPromote(2, 1, pinned, epoch, "better", out _));

        Assert.Equal("recognizer 1 is pinned by transcriber: for the trial; unpin it first", champion.Promote(3, epoch, "an operator's"));
        Assert.NotNull(champion.Pin(3, epoch, "an operator's"));
        Assert.True(champion.Unpin(epoch, "another trial"));
        Assert.Null(champion.Pin(3, epoch, "an operator's"));
        Assert.Equal((3, 1), Now());
        Assert.Equal(3, registry.Aliases()["pin"].Number);
        Assert.Equal(1, champion.RollBack(epoch, "worse after all"));
        Assert.Equal((1, 3), Now());
        Assert.Equal(1, registry.Aliases()["pin"].Number);

        Assert.True(champion.Unpin(epoch, "the trial is over"));
        Assert.False(champion.Unpin(epoch, "twice"));
        Assert.False(champion.TryPromote(2, 1, pinned, epoch, "judged while it was pinned", out reason));
        Assert.Contains("pin was removed", reason);
        Assert.True(champion.TryPromote(2, 1, registry.Aliases(), epoch, "better", out _));
    }

    [Fact]
    public void Rolling_back_twice_comes_back_and_needs_a_previous()
    {
        Assert.Null(champion.RollBack(epoch, "nowhere to go"));
        champion.Promote(1, epoch, "first");
        Assert.Null(champion.RollBack(epoch, "nowhere to go"));
        champion.Promote(2, epoch, "second");
        champion.RollBack(epoch, "bad");
        Assert.Equal((1, 2), Now());
        champion.RollBack(epoch, "good after all");
        Assert.Equal((2, 1), Now());
    }

    [Fact]
    public void A_withdrawn_champion_is_marked_and_the_one_before_it_serves_again()
    {
        champion.Promote(1, epoch, "first");
        registry.MoveAlias(ModelId.Candidate, 2, epoch, "better");
        champion.Promote(2, epoch, "better");
        var watch = registry.AcquireEpoch("watch");
        Assert.Null(champion.Withdraw(2, watch, "98 % of the texts are empty"));
        Assert.Equal((1, null), Now());
        Assert.Equal(["champion", "withdrawn/2"], registry.Aliases().Keys.Order(StringComparer.Ordinal));
        Assert.Equal("watch: recognizer 2 was withdrawn: 98 % of the texts are empty",
            $"{registry.Aliases()["champion"].Who}: {registry.Aliases()["champion"].Why}");
        Assert.False(champion.TryPromote(2, 1, registry.Aliases(), epoch, "better", out var reason));
        Assert.Equal("recognizer 2 was withdrawn: 98 % of the texts are empty", reason);
        Assert.DoesNotContain(2, ServingOrder.Of(registry));
        Assert.Contains(History(), r => r.GetProperty("alias").GetString() == "withdrawn/2");

        champion.Promote(2, epoch, "an operator's"); // who knows better
        Assert.Equal((2, 1), Now());
        Assert.False(registry.Aliases().ContainsKey("withdrawn/2"));
    }

    [Fact]
    public void A_champion_is_not_withdrawn_twice_nor_when_it_is_pinned_or_the_only_one()
    {
        champion.Promote(1, epoch, "first");
        Assert.Equal("there was no champion before it", champion.Withdraw(1, epoch, "bad"));
        champion.Promote(2, epoch, "second");
        champion.Pin(2, epoch, "for the trial");
        Assert.Equal("recognizer 2 is pinned by transcriber: for the trial", champion.Withdraw(2, epoch, "bad"));
        champion.Unpin(epoch, "over");
        Assert.Null(champion.Withdraw(2, epoch, "bad"));
        Assert.Equal("the champion has become 1: recognizer 2 was withdrawn: bad", champion.Withdraw(2, epoch, "another replica's"));
        Assert.Equal((1, null), Now());
    }

    [Fact]
    public void Each_line_has_its_own_champion_and_pin()
    {
        var german = new Champion(registry, "german");
        champion.Promote(1, epoch, "default");
        champion.Pin(1, epoch, "default");
        Assert.True(german.TryPromote(2, null, registry.Aliases(), epoch, "german", out _));
        registry.MoveAlias("german/candidate", 3, epoch, "german");
        Assert.Equal((1, null), Now());
        Assert.Equal(["champion", "german/candidate", "german/champion", "pin"], registry.Aliases().Keys.Order(StringComparer.Ordinal));
        Publish("german");
        string[] ids = ["ssl", "ssl-german", "ssl-german@candidate", "ssl-german@4", "ssl@3"];
        Assert.Equal([1, 2, 3, 4, 3], ids.Select(id => registry.Resolve(ModelId.Parse(id)!.Value)));
        Assert.All(["ssl@4", "ssl-french", "ssl-french@3", "ssl-german@3", "ssl@previous"],
            id => Assert.Null(registry.Resolve(ModelId.Parse(id)!.Value)));
    }

    [Fact]
    public void A_stale_writer_moves_nothing()
    {
        champion.Promote(1, epoch, "first");
        champion.Promote(2, epoch, "second");
        var judged = registry.Aliases();
        registry.AcquireEpoch("transcriber");
        Assert.Throws<StaleEpochException>(() => champion.TryPromote(3, 2, judged, epoch, "late", out _));
        Assert.Throws<StaleEpochException>(() => champion.RollBack(epoch, "late"));
        Assert.Throws<StaleEpochException>(() => champion.Pin(3, epoch, "late"));
        Assert.Equal((2, 1), Now());
        Assert.Equal(3, History().Count);
    }

    [Fact]
    public void Every_move_is_in_the_history_also_one_that_a_crash_kept_out_of_it()
    {
        var path = folder.File("history.jsonl");
        champion.Promote(1, epoch, "first");
        champion.Promote(2, epoch, "second");
        File.WriteAllText(path, File.ReadLines(path).First() + "\n"); // killed after the aliases were written
        champion.Pin(2, epoch, "stay");
        champion.RollBack(epoch, "worse");
        champion.Unpin(epoch, "over");
        Assert.Equal(
            [
                "champion 1 first", "pin 2 stay", "previous 1 was champion before 2", "previous 2 was champion before 1",
                "champion 2 second", "champion 1 worse", "pin 1 worse", "pin - over",
            ],
            History().Select(r => $"{r.GetProperty("alias")} {(r.TryGetProperty("number", out var n) ? n : "-")} {r.GetProperty("why")}"));
        Assert.All(History(), r =>
            Assert.Equal((epoch.Epoch, "transcriber"), (r.GetProperty("epoch").GetInt64(), r.GetProperty("who").GetString())));
        Assert.All(History(), r => Assert.True(r.GetProperty("when").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(-5)));
    }

    [Fact]
    public void The_history_is_bounded()
    {
        File.WriteAllLines(
            folder.File("history.jsonl"), Enumerable.Range(0, 5000).Select(i => $"{{\"alias\":\"champion\",\"number\":{i}}}"));
        champion.Promote(1, epoch, "first");
        Assert.Equal(1000, History().Count);
        Assert.Equal("first", History()[^1].GetProperty("why").GetString());
    }

    [Fact]
    public void A_version_that_is_being_pruned_can_no_longer_be_named()
    {
        champion.Promote(2, epoch, "stays");
        var first = Path.Combine(folder.Path, "recognizers", "000001");
        Directory.CreateDirectory(folder.File("kept"));
        foreach (var file in Directory.EnumerateFiles(first))
            File.Copy(file, Path.Combine(folder.Path, "kept", Path.GetFileName(file)));
        Publish();
        Publish();
        Directory.Move(folder.File("kept"), first); // as if the pruning process had stopped before it deleted this one
        Assert.Throws<ArgumentException>(() => champion.Promote(1, epoch, "too late"));
        champion.Promote(3, epoch, "not old enough to be removed");
        Assert.Equal((3, 2), Now());
        Assert.Equal(2, champion.RollBack(epoch, "old, but named"));
    }

    void Publish(string? line = null) =>
        registry.Publish(ModelKind.Recognizer, new ManifestDraft { Line = line }, epoch, path =>
            File.WriteAllText(Path.Combine(path, "config.json"), "{}"));

    (int? Champion, int? Previous) Now() =>
        (registry.Aliases().GetValueOrDefault("champion")?.Number, registry.Aliases().GetValueOrDefault("previous")?.Number);

    List<JsonElement> History() =>
        [.. File.ReadLines(folder.File("history.jsonl")).Select(l => JsonSerializer.Deserialize<JsonElement>(l))];
}
