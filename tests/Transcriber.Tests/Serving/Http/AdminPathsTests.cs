using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>The levers over a real socket, as the operator whose key is named <c>ann</c>.</summary>
public sealed class AdminPathsTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_promotes_pins_unpins_and_rolls_back()
    {
        await using var server = await StartAsync();
        var numbers = Enumerable.Range(1, 3).Select(seed => TestRecognizers.Publish(server.Registry, seed)).ToArray();
        Assert.Equal([1, 2, 3], numbers);
        Assert.Equal(1, await VersionAsync(server, "models/ssl@1/promote?why=first"));
        Assert.Equal(2, await VersionAsync(server, "models/ssl@2/pin?why=for the trial"));
        using (var refused = await PostAsync(server, "models/ssl@3/promote"))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal(("recognizer 2 is pinned by operator ann: for the trial; unpin it first", "refused"),
                ((await TestServer.ErrorAsync(refused)).Message, (await TestServer.ErrorAsync(refused)).Code));
        }
        var line = (await GetAsync(server, "models")).GetProperty("lines").EnumerateArray().Single();
        Assert.Equal(("ssl", 2, 1), (line.GetProperty("line").GetString(), line.GetProperty("champion").GetInt32(),
            line.GetProperty("previous").GetInt32()));
        Assert.Equal("for the trial", line.GetProperty("pin").GetProperty("why").GetString());
        Assert.Equal(2, await VersionAsync(server, "lines/ssl/unpin"));
        Assert.Equal(3, await VersionAsync(server, "models/ssl@3/promote?why=newer"));
        Assert.Equal(2, await VersionAsync(server, "lines/ssl/rollback?why=worse"));
        var moves = (await GetAsync(server, "lines/ssl/history")).GetProperty("data").EnumerateArray()
            .Where(m => m.GetProperty("alias").GetString() == "champion").ToArray();
        Assert.Equal(["first", "for the trial", "newer", "worse"], moves.Select(m => m.GetProperty("why").GetString()));
        Assert.All(moves, m => Assert.Equal("operator ann", m.GetProperty("who").GetString()));
        var models = (await GetAsync(server, "models")).GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(["ssl@3", "ssl@2", "ssl@1"], models.Select(m => m.GetProperty("id").GetString()));
        Assert.Equal(["champion"], models[1].GetProperty("aliases").EnumerateArray().Select(a => a.GetString()));
    }

    [Fact]
    public async Task The_gates_judgement_is_listed_with_intervals_and_by_domain()
    {
        await using var server = await StartAsync();
        var figures = new GateFigures
        {
            Name = "domain telephone",
            Recordings = 12,
            CharacterErrorRate = 0.2,
            WordErrorRate = 0.4,
            ChampionCharacterErrorRate = 0.3,
            CharacterDifference = [-0.15, -0.05],
        };
        var report = new GateReport { Verdict = GateVerdicts.Better, Reasons = ["fewer errors"], Sets = [figures], Labels = "prints" };
        server.Registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Gate = report },
            server.Registry.AcquireEpoch("test"), folder => File.WriteAllText(Path.Combine(folder, "config.json"), "{}"));
        var gate = (await GetAsync(server, "models")).GetProperty("data")[0].GetProperty("gate");
        Assert.Equal(("better", "fewer errors"), (gate.GetProperty("verdict").GetString(), gate.GetProperty("reasons")[0].GetString()));
        var part = gate.GetProperty("sets")[0];
        Assert.Equal(("domain telephone", 12, 0.2, 0.3), (part.GetProperty("name").GetString(), part.GetProperty("recordings").GetInt32(),
            part.GetProperty("cer").GetDouble(), part.GetProperty("champion_cer").GetDouble()));
        Assert.Equal([-0.15, -0.05], part.GetProperty("cer_difference").EnumerateArray().Select(e => e.GetDouble()));
        Assert.False(gate.TryGetProperty("labels", out _)); // fingerprints of the recordings
    }

    [Fact]
    public async Task How_far_the_round_is_is_said_by_every_server()
    {
        await using var server = await StartAsync();
        Assert.False((await GetAsync(server, "learning")).TryGetProperty("round", out _));
        var now = DateTimeOffset.UtcNow;
        var status = new RoundStatus
        {
            Line = "german",
            Encoder = 3,
            Updates = 312,
            PlannedUpdates = 1_000,
            ValidationLoss = 0.5,
            WaitedForCoreSeconds = 40,
            Began = now,
            Updated = now,
        };
        status.Write(server.Registry); // as a tuner of another process
        var round = (await GetAsync(server, "learning")).GetProperty("round");
        Assert.Equal(("german", 3, 312, 1_000), (round.GetProperty("line").GetString(), round.GetProperty("encoder").GetInt32(),
            round.GetProperty("updates").GetInt32(), round.GetProperty("planned_updates").GetInt32()));
        Assert.Equal(0.5, round.GetProperty("validation_loss").GetDouble());
        Assert.Equal(40, round.GetProperty("waited_for_core_seconds").GetDouble());
        Assert.False(round.TryGetProperty("ended", out _));
        Assert.Equal(status with { Ended = "planned" }, WithEnd());

        RoundStatus? WithEnd()
        {
            (status with { Ended = "planned" }).Write(server.Registry);
            return RoundStatus.Read(server.Registry);
        }
    }

    [Theory]
    [InlineData("models/ssl@9/promote", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("models/17/promote", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("models/ssl@9/pin", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("lines/ssl/unpin", HttpStatusCode.Conflict, "refused")]
    [InlineData("lines/ssl/rollback", HttpStatusCode.Conflict, "refused")]
    [InlineData("lines/french/rollback", HttpStatusCode.Conflict, "refused")]
    [InlineData("models/diff", HttpStatusCode.BadRequest, null)]
    [InlineData("nothing", HttpStatusCode.NotFound, "unknown_url")]
    public async Task What_cannot_be_done_is_said(string path, HttpStatusCode expected, string? code)
    {
        await using var server = await StartAsync();
        using var refused = await PostAsync(server, path);
        Assert.Equal((expected, code), (refused.StatusCode, (await TestServer.ErrorAsync(refused)).Code));
    }

    [Fact]
    public async Task Two_versions_are_compared_word_by_word()
    {
        await using var server = await StartAsync();
        server.Slot.Swap(new FakeModel(1).Model); // hears "version 1"
        TestRecognizers.Publish(server.Registry, seed: 1); // what is in the registry under 1 is not asked
        var other = TestRecognizers.Publish(server.Registry, seed: 2);
        using var form = TestServer.Form(TestAudio.Wav(TestAudio.Bursts(1)));
        using var answer = await server.Client.PostAsync($"admin/models/diff?a=ssl&b=ssl@{other}", form, Ct);
        var diff = await TestServer.JsonAsync(answer);
        Assert.Equal(("version 1", 1, other), (diff.GetProperty("a").GetProperty("text").GetString(),
            diff.GetProperty("a").GetProperty("version").GetInt32(), diff.GetProperty("b").GetProperty("version").GetInt32()));
        var words = diff.GetProperty("words").EnumerateArray().ToArray();
        Assert.Equal("version 1", Joined("a"));
        Assert.Equal(diff.GetProperty("b").GetProperty("text").GetString(), Joined("b"));
        Assert.Equal(words.Length, Count("equal") + Count("changed") + Count("inserted") + Count("deleted"));
        Assert.Equal((Count("changed") + Count("inserted") + Count("deleted")) / 2.0, diff.GetProperty("word_error").GetDouble());
        Assert.Equal(0, Count("equal"));

        int Count(string change) => diff.GetProperty(change).GetInt32();
        string Joined(string text) => string.Join(' ',
            words.Where(w => w.TryGetProperty(text, out _)).Select(w => w.GetProperty(text).GetString()));
    }

    [Fact]
    public async Task A_version_is_no_different_from_itself()
    {
        await using var server = await StartAsync();
        server.Slot.Swap(new FakeModel(1).Model);
        using var form = TestServer.Form(TestAudio.Wav(TestAudio.Bursts(1)));
        using var answer = await server.Client.PostAsync("admin/models/diff?a=ssl&b=ssl", form, Ct);
        var diff = await TestServer.JsonAsync(answer);
        Assert.Equal((2, 0.0), (diff.GetProperty("equal").GetInt32(), diff.GetProperty("word_error").GetDouble()));
    }

    static async Task<TestServer> StartAsync()
    {
        var text = ApiKey.NewText();
        var key = new ApiKeyOptions { Hash = Convert.ToHexString(ApiKey.Hash(text)), Scopes = KeyScope.Admin | KeyScope.Transcribe };
        var server = await TestServer.StartAsync(new ServingOptions { Keys = new Dictionary<string, ApiKeyOptions> { ["ann"] = key } });
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        return server;
    }

    static Task<HttpResponseMessage> PostAsync(TestServer server, string path) => server.Client.PostAsync($"admin/{path}", null, Ct);

    static async Task<int> VersionAsync(TestServer server, string path)
    {
        using var answer = await PostAsync(server, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await TestServer.JsonAsync(answer)).GetProperty("version").GetInt32();
    }

    static async Task<JsonElement> GetAsync(TestServer server, string path) =>
        await TestServer.JsonAsync(await server.Client.GetAsync($"admin/{path}", Ct));
}
