using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Trials;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>A candidate beside a champion that answers requests: in its shadow, and for a share of the clients.</summary>
public sealed class CandidateTrialTests
{
    static readonly byte[] Recording = TestAudio.Wav(TestAudio.Bursts(1));

    [Fact]
    public async Task The_candidate_hears_what_the_champion_has_answered_and_the_registry_says_how_they_differ()
    {
        await using var server = await StartAsync(new ServingOptions { ShadowShare = 1 });
        var records = new ShadowRecords(server.Registry);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (records.All().GetValueOrDefault(2) is null)
        {
            using var answer = await server.TranscribeAsync(Recording);
            Assert.Equal("1", answer.Headers.GetValues("x-model-version").Single());
            await Task.Delay(50, limit.Token);
        }
        var record = records.All()[2];
        Assert.Equal((1, 2 * record.Requests), (record.Champion, record.Words)); // "version 1"
        Assert.InRange(record.Disagreement, 1, double.MaxValue); // no word of the two is the same
        Assert.Equal(record.Requests, record.Spoken);
        Assert.InRange(record.AudioSeconds, 1, double.MaxValue);
    }

    /// <summary>Both parties: the server compares, and the tuner, which knows it by the registry alone, promotes or holds.</summary>
    [Theory]
    [InlineData(1000, true)]
    [InlineData(0.3, false)]
    public async Task A_candidate_that_is_unlike_the_champion_on_live_requests_is_held_by_the_tuner(double maxDisagreement, bool promoted)
    {
        await using var server = await StartAsync(new ServingOptions { ShadowShare = 1 }, parent: 1);
        var (registry, ct) = (server.Registry, TestContext.Current.CancellationToken);
        var gate = new GateOptions { MinShadowRecordings = 2, MaxDisagreement = maxDisagreement, MaxShadowWait = TimeSpan.FromMinutes(5) };
        var shadow = new ShadowTrial(registry, gate, isOn: true, TimeProvider.System, NullLogger<ShadowTrial>.Instance);
        var publisher = new RecognizerPublisher(
            registry, new RecognizerLoader(registry, new DecodingRecipe()), new DecodingRecipe(), shadow);
        var (epoch, version) = (registry.AcquireEpoch("tuner"), registry.Find(ModelKind.Recognizer, 2)!);
        var (reason, aliases) = ("", registry.Aliases());
        var promotion = Task.Run(() => publisher.TryPromote(version, aliases, epoch, () => { }, out reason, ct), ct);
        while (!promotion.IsCompleted)
            (await server.TranscribeAsync(Recording)).Dispose();
        Assert.Equal(promoted, await promotion);
        Assert.Equal(promoted ? 2 : 1, registry.Aliases()[ModelId.Champion].Number);
        Assert.Contains("live recordings with words", promoted ? registry.Aliases()[ModelId.Champion].Why : reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0, "passed: better", 2)]
    [InlineData(1.0, "refused: equal: no difference", 2)]
    [InlineData(1.0, "refused: held: worse for one speaker", 2)]
    [InlineData(1.0, "refused: worse: more errors", 1)]
    [InlineData(1.0, "refused: broken: constant text", 1)]
    [InlineData(0.0, "passed: better", 1)]
    public async Task A_share_of_the_clients_is_answered_by_a_candidate_that_is_no_worse(double share, string health, int expected)
    {
        await using var server = await StartAsync(new ServingOptions { CanaryShare = share }, health);
        using var answer = await server.TranscribeAsync(Recording);
        Assert.Equal($"{expected}", answer.Headers.GetValues("x-model-version").Single());
        using var named = await server.TranscribeAsync(Recording, "ssl@1"); // who names a version gets it
        Assert.Equal("1", named.Headers.GetValues("x-model-version").Single());
    }

    [Fact]
    public async Task A_candidate_that_was_withdrawn_or_rolled_back_or_does_not_load_answers_nobody()
    {
        await using var withdrawing = await StartAsync(new ServingOptions { CanaryShare = 1 });
        TestRecognizers.Name(withdrawing.Registry, ModelId.WithdrawnKey(2), 2);
        using var withdrawn = await withdrawing.TranscribeAsync(Recording);
        Assert.Equal("1", withdrawn.Headers.GetValues("x-model-version").Single());

        await using var server = await StartAsync(new ServingOptions { CanaryShare = 1 });
        TestRecognizers.Name(server.Registry, ModelId.Previous, 2);
        using var rolledBack = await server.TranscribeAsync(Recording);
        Assert.Equal("1", rolledBack.Headers.GetValues("x-model-version").Single());

        await using var other = await StartAsync(new ServingOptions { CanaryShare = 1 });
        File.Delete(Path.Combine(other.RegistryPath, "recognizers", "000002", "model.safetensors"));
        using var damaged = await other.TranscribeAsync(Recording);
        Assert.Equal("1", damaged.Headers.GetValues("x-model-version").Single());
    }

    [Fact]
    public async Task A_candidate_for_which_there_is_no_memory_answers_as_soon_as_there_is()
    {
        await using var server = await StartAsync(new ServingOptions { CanaryShare = 1, OtherVersionsBytes = 1 });
        var used = TestRecognizers.Publish(server.Registry, seed: 3);
        using (var lease = (await server.Catalog.LeaseAsync(used, TestContext.Current.CancellationToken)).Lease)
        {
            Assert.NotNull(lease);
            using var meanwhile = await server.TranscribeAsync(Recording);
            Assert.Equal("1", meanwhile.Headers.GetValues("x-model-version").Single());
        }
        using var answer = await server.TranscribeAsync(Recording);
        Assert.Equal("2", answer.Headers.GetValues("x-model-version").Single());
    }

    [Fact]
    public void A_client_stays_where_it_is_and_the_share_is_kept()
    {
        double[] places = [.. Enumerable.Range(0, 10_000).Select(i => Canary.Place($"10.0.{i / 256}.{i % 256}", number: 7))];
        Assert.InRange(places.Count(p => p < 0.1), 850, 1150); // five standard deviations of the binomial distribution
        Assert.Equal(Canary.Place("key ann", 7), Canary.Place("key ann", 7));
        Assert.NotEqual(Canary.Place("key ann", 7), Canary.Place("key ann", 8));
    }

    /// <summary>Champion 1 hears "version 1"; candidate 2 is untrained.</summary>
    static async Task<TestServer> StartAsync(ServingOptions options, string health = "passed: better", int? parent = null)
    {
        var server = await TestServer.StartAsync(options);
        TestRecognizers.Name(server.Registry, ModelId.Champion, TestRecognizers.Publish(server.Registry, seed: 1));
        TestRecognizers.Name(server.Registry, ModelId.Candidate, TestRecognizers.Publish(server.Registry, seed: 2, health, parent));
        server.Slot.Swap(new FakeModel(1).Model);
        return server;
    }
}
