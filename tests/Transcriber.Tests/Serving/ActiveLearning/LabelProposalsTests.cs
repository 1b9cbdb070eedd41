using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.ActiveLearning;

/// <summary>Which segments of the stream are proposed to be labelled, over HTTP and a broker.</summary>
public sealed class LabelProposalsTests : IAsyncLifetime
{
    const string Next = "admin/labels/next";

    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;
    TestServer server = null!;

    public LabelProposalsTests() => clients = new KafkaClients(Broker, NullLoggerFactory.Instance);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    KafkaOptions Broker => new() { BootstrapServers = kafka.BootstrapServers, Embedded = true };

    public async ValueTask InitializeAsync()
    {
        var text = ApiKey.NewText();
        var key = new ApiKeyOptions { Hash = Convert.ToHexString(ApiKey.Hash(text)), Scopes = KeyScope.Admin };
        var keys = new Dictionary<string, ApiKeyOptions> { ["ann"] = key };
        server = await TestServer.StartAsync(new ServingOptions { Keys = keys }, broker: Broker);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        clients.Dispose();
        kafka.Dispose();
    }

    [Fact]
    public async Task A_segment_that_is_proposed_is_played_and_labelled_and_not_proposed_again()
    {
        var utterances = await SendAsync(6, seed: 1);
        server.Slot.Swap(new FakeModel(1).Model);
        var proposed = await ListAsync();
        Assert.Equal(6, proposed.Length);
        foreach (var proposal in proposed)
        {
            Assert.Equal("version 1", proposal.GetProperty("text").GetString());
            var wav = await server.Client.GetAsync(proposal.GetProperty("audio_url").GetString(), Ct);
            Assert.Equal("audio/wav", wav.Content.Headers.ContentType!.MediaType);
            var audio = AudioDecoder.Decode(await wav.Content.ReadAsByteArrayAsync(Ct), null, DecodeLimits.OfLabel);
            Assert.Equal(audio.DurationSeconds, proposal.GetProperty("duration_seconds").GetDouble(), 0.01);
            Assert.Contains(utterances, u => u.Samples.Span.SequenceEqual(audio.Samples));
        }

        var (json, form) = (Id(proposed[0]), Id(proposed[1]));
        using (var answer = await server.Client.PostAsJsonAsync("admin/labels", new { segment = json, text = "fed", speaker = "eve" }, Ct))
            Assert.Equal(json.Split('-')[2], (await TestServer.JsonAsync(answer)).GetProperty("id").GetString());
        using (var fields = new MultipartFormDataContent { { new StringContent(form), "segment" }, { new StringContent("bad"), "text" } })
        using (var answer = await server.Client.PostAsync("admin/labels", fields, Ct))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(proposed.Skip(2).Select(Id).Order(), (await ListAsync()).Select(Id).Order());

        var labels = new List<ConsumedMessage>();
        await foreach (var label in AnnouncementFollower.FollowAsync(clients, Topics.AudioLabeled, Ct))
        {
            labels.Add(label);
            if (labels.Count == 2)
                break;
        }
        Assert.Equal(["fed", "bad"], labels.Select(l => l.Header(MessageHeaders.Text)));
        Assert.Equal("eve", labels[0].Header(MessageHeaders.Speaker));
        Assert.Equal(labels.Select(l => l.KeyText),
            labels.Select(l => AudioId.Of(AudioDecoder.Decode(l.Value!, "audio/wav", DecodeLimits.OfLabel).Samples)));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("perhaps")] // unclear consent is none
    public async Task Audio_that_must_not_be_trained_on_is_neither_proposed_nor_played(string optOut)
    {
        var mine = (await SendAsync(3, seed: 1)).Select(u => AudioId.Of(u.Samples.Span)).ToArray();
        var kept = await SendAsync(3, seed: 2, optOut);
        Assert.Equal(mine.Order(), (await ListAsync()).Select(Id).Select(id => id.Split('-')[2]).Order());
        foreach (var partition in Enumerable.Range(0, 4).SelectMany(p => Enumerable.Range(0, 6).Select(o => (p, o))))
        {
            var id = $"{partition.p}-{partition.o}-{AudioId.Of(kept[0].Samples.Span)}";
            using var refused = await server.Client.GetAsync($"{Next}/{id}/audio", Ct);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Audio_of_the_gate_is_not_proposed_even_in_part_and_even_if_it_is_labelled_later()
    {
        var utterances = await SendAsync(6, seed: 1);
        var middle = utterances[2].Samples[4_000..12_000]; // the gate has half a second of it
        Index([utterances[1], new Utterance("part", middle)]);
        var expected = utterances.Except([utterances[1], utterances[2]]).Select(u => AudioId.Of(u.Samples.Span));
        var proposed = await ListAsync();
        Assert.Equal(expected.Order(), proposed.Select(p => Id(p).Split('-')[2]).Order());

        Index([utterances[1], new Utterance("part", middle), utterances[4]]);
        Assert.DoesNotContain(AudioId.Of(utterances[4].Samples.Span), (await ListAsync()).Select(p => Id(p).Split('-')[2]));
    }

    [Fact]
    public async Task Nothing_is_proposed_until_the_tuner_has_said_what_the_gate_is()
    {
        await SendAsync(2, seed: 1);
        var entry = new LabelEntry { Id = "a", Line = "ssl", Text = "abc", Seconds = 1, Part = LabelPart.Gate };
        LabelCatalogue.Update(server.Registry, _ => new LabelCatalogue { Labels = [entry] });
        using var refused = await server.Client.GetAsync(Next, Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "labels_not_indexed"),
            (refused.StatusCode, (await TestServer.ErrorAsync(refused)).Code));
    }

    [Fact]
    public async Task Without_a_recognizer_there_is_no_text_and_when_another_serves_its_own()
    {
        await SendAsync(3, seed: 1);
        Assert.All(await ListAsync(), p => Assert.Equal("", p.GetProperty("text").GetString()));
        foreach (var number in new[] { 1, 2 })
        {
            server.Slot.Swap(new FakeModel(number).Model);
            Assert.All(await ListAsync(), p => Assert.Equal($"version {number}", p.GetProperty("text").GetString()));
        }
    }

    [Fact]
    public async Task A_registry_that_cannot_be_read_is_said_to_be_so()
    {
        LabelCatalogue.Update(server.Registry, _ => new LabelCatalogue());
        var written = Directory.EnumerateFiles(server.RegistryPath, "*", SearchOption.AllDirectories)
            .Single(f => Path.GetFileName(f) == "labels.json");
        File.WriteAllText(written, "{ half");
        using var refused = await server.Client.GetAsync(Next, Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "registry_unavailable"),
            (refused.StatusCode, (await TestServer.ErrorAsync(refused)).Code));
    }

    [Fact]
    public async Task A_stream_without_audio_is_said_to_be_so()
    {
        using var answer = await server.Client.GetAsync(Next, Ct);
        var body = await TestServer.JsonAsync(answer);
        Assert.Equal(("list", 0), (body.GetProperty("object").GetString(), body.GetProperty("data").GetArrayLength()));
        Assert.Contains("holds no segment", body.GetProperty("note").GetString());
    }

    [Theory]
    [InlineData("?minutes=0", HttpStatusCode.BadRequest)]
    [InlineData("?minutes=many", HttpStatusCode.BadRequest)]
    [InlineData("?minutes=100", HttpStatusCode.BadRequest)]
    [InlineData("?line=french", HttpStatusCode.BadRequest)]
    [InlineData("/nothing/audio", HttpStatusCode.NotFound)]
    [InlineData("/0-99-0f3a/audio", HttpStatusCode.NotFound)]
    public async Task What_cannot_be_is_refused(string path, HttpStatusCode expected)
    {
        using var refused = await server.Client.GetAsync(Next + path, Ct);
        Assert.Equal(expected, refused.StatusCode);
        await TestServer.ErrorAsync(refused);
    }

    [Fact]
    public async Task A_label_of_a_segment_that_is_not_there_is_refused()
    {
        using var refused = await server.Client.PostAsJsonAsync("admin/labels", new { segment = "0-99-0f3a", text = "abc" }, Ct);
        Assert.Equal((HttpStatusCode.NotFound, "segment_not_found"), (refused.StatusCode, (await TestServer.ErrorAsync(refused)).Code));
    }

    async Task<JsonElement[]> ListAsync()
    {
        using var answer = await server.Client.GetAsync(Next, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await TestServer.JsonAsync(answer)).GetProperty("data").EnumerateArray()];
    }

    static string Id(JsonElement proposal) => proposal.GetProperty("id").GetString()!;

    void Index(IReadOnlyList<Utterance> labelled) =>
        LabelIndex.Update(server.Registry, _ => new LabelIndex { Windows = new LabelledAudio(labelled).ToIndex() });

    async Task<IReadOnlyList<LabelledUtterance>> SendAsync(int count, int seed, string? optOut = null)
    {
        var utterances = Tones.Utterances(count, seed);
        foreach (var utterance in utterances)
        {
            var pcm = MemoryMarshal.AsBytes(utterance.Samples.Span).ToArray();
            var message = SegmentMessages.ToMessage(new AudioSegment { Id = utterance.Id, StreamId = utterance.Id, Pcm = pcm });
            if (optOut is not null)
                message.Headers.Add(MessageHeaders.TrainOptOut, Encoding.UTF8.GetBytes(optOut));
            await clients.DeliverAsync(Topics.AudioSegments, message, Ct);
        }
        return utterances;
    }
}
