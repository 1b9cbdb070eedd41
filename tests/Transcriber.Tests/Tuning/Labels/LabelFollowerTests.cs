using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

/// <summary>From <c>audio.labeled</c> into a tuner's folder.</summary>
public sealed class LabelFollowerTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public LabelFollowerTests() => limit.CancelAfter(TimeSpan.FromMinutes(3));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Labels_are_added_corrected_and_removed_and_bad_ones_are_refused_with_a_reason()
    {
        using var kafka = EmbeddedKafka.Start();
        using var clients = Clients(kafka.BootstrapServers, embedded: true);
        byte[] audio = TestAudio.Wav(ToneSpeech.Speak("abc", new Random(1)));
        await SendAsync(clients, new() { Id = "one", Text = "a b c", Audio = audio, Speaker = "eve", Domain = "phone", Line = "german" });
        await SendAsync(clients, new() { Id = "two", Text = "abc", Audio = audio });
        await SendAsync(clients, new() { Id = "two", Text = "abd", Audio = audio, Split = "test" });
        await SendAsync(clients, new() { Id = "three", Text = "abc", Audio = audio });
        await clients.DeliverAsync(Topics.AudioLabeled, LabelMessages.Removal("three"), limit.Token);
        await SendAsync(clients, new() { Id = "silent", Text = " ? ", Audio = audio });
        await SendAsync(clients, new() { Id = "noise", Text = "abc", Audio = Encoding.UTF8.GetBytes("this is no audio") });
        await SendAsync(clients, new() { Id = "french", Text = "abc", Audio = audio, Line = "french", Split = "dev" });
        await SendAsync(clients, new() { Id = "shouted", Text = "abc", Audio = audio, Line = "FRENCH" });
        await SendAsync(clients, new() { Id = "dev", Text = "abc", Audio = audio, Split = "dev" });
        await SendAsync(clients, new() { Id = "long", Text = "abc", Audio = TestAudio.Wav(new short[31 * 16_000]) });
        await SendAsync(clients, new() { Id = "", Text = "abc", Audio = audio });
        var optedOut = LabelMessages.ToMessage(new AudioLabel { Id = "private", Text = "abc", Audio = audio });
        optedOut.Headers.Add(MessageHeaders.TrainOptOut, "true"u8.ToArray());
        await clients.DeliverAsync(Topics.AudioLabeled, optedOut, limit.Token);
        await SendAsync(clients, new() { Id = "last", Text = "abc", Audio = audio });

        using var store = await FollowAsync(clients, until: s => s.Labels.ContainsKey("last"));
        Assert.Equal(["french", "last", "one", "two"], store.Labels.Keys.Order(StringComparer.Ordinal));
        var (one, two) = (store.Labels["one"], store.Labels["two"]);
        Assert.Equal(("german", "a b c", "eve", "phone", null), (one.Line, one.Text, one.Speaker, one.Domain, one.Split));
        Assert.Equal(("ssl", "abd", "test"), (two.Line, two.Text, two.Split));
        Assert.Equal(audio, store.AudioOf(two));
        Assert.Equal(("french", "dev"), (store.Labels["french"].Line, store.Labels["french"].Split)); // kept until it has settings
        Assert.Equal(["silent no_text", "noise unusable_audio", "shouted unknown_line", "dev unknown_split", "long unusable_audio",
            " missing_key", "private opted_out"], store.Progress.Refusals.Select(r => $"{r.Id} {r.Reason}"));
        Assert.Contains("'FRENCH' cannot name a line", store.Progress.Refusals[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was_on_a_real_broker_and_a_second_tuner_has_all()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var clients = Clients(kafka.BootstrapServers, embedded: false);
        await clients.EnsureTopicsAsync(TopicSetup.All(), limit.Token);
        byte[] audio = TestAudio.Wav(ToneSpeech.Speak("abc", new Random(1)));
        foreach (var number in Enumerable.Range(0, 10))
            await SendAsync(clients, new() { Id = $"{number}", Text = "abc", Audio = audio });
        using (var store = await FollowAsync(clients, until: s => s.Labels.Count == 10))
            Assert.Equal(10, store.Progress.Next[0]);
        // removed while no tuner runs; what is read again from the beginning would bring it back for a moment
        await clients.DeliverAsync(Topics.AudioLabeled, LabelMessages.Removal("3"), limit.Token);
        await SendAsync(clients, new() { Id = "4", Text = "abd", Audio = audio });
        using (var store = await FollowAsync(clients, until: s => s.Progress.Next.GetValueOrDefault(0) == 12))
        {
            Assert.DoesNotContain("3", store.Labels.Keys);
            Assert.Equal("abd", store.Labels["4"].Text);
        }
        using (var second = await FollowAsync(clients, until: s => s.Progress.Next.GetValueOrDefault(0) == 12, name: "second"))
            Assert.Equal(9, second.Labels.Count);

        // a topic that was made anew is read from its beginning, and the labels from before stay
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.DeleteTopicsAsync([Topics.AudioLabeled]);
        await UntilAsync(() => !admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Any(t => t.Topic == Topics.AudioLabeled));
        await clients.EnsureTopicsAsync(TopicSetup.All(), limit.Token);
        foreach (var number in Enumerable.Range(0, 20))
            await SendAsync(clients, new() { Id = $"new {number}", Text = "abc", Audio = audio });
        using var after = await FollowAsync(clients, until: s => s.Progress.Next.GetValueOrDefault(0) == 20);
        Assert.Equal(29, after.Labels.Count);
    }

    [Fact]
    public void A_folder_that_another_process_uses_is_refused()
    {
        using var store = LabelStore.Open(folder.Path);
        Assert.Contains("Transcriber:DataPath", Assert.Throws<InvalidSettingException>(() => LabelStore.Open(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    async Task<LabelStore> FollowAsync(KafkaClients clients, Func<LabelStore, bool> until, string name = "tuner")
    {
        var store = LabelStore.Open(folder.File(name));
        var lines = new TuningLines([("ssl", new LabelOptions()), ("german", new LabelOptions())]);
        var intake = new LabelIntake(lines, store, NullLogger<LabelIntake>.Instance);
        var follower = new LabelFollower(
            clients, intake, store, new LoopHeartbeat(TimeProvider.System), NullLogger<LabelFollower>.Instance);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var following = follower.RunAsync(ending.Token);
        await follower.CaughtUp.WaitAsync(limit.Token);
        await UntilAsync(() => until(store));
        await ending.CancelAsync();
        await following;
        return store;
    }

    async Task SendAsync(KafkaClients clients, AudioLabel label) =>
        await clients.DeliverAsync(Topics.AudioLabeled, LabelMessages.ToMessage(label), limit.Token);

    async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
            await Task.Delay(50, limit.Token);
    }

    static KafkaClients Clients(string servers, bool embedded) =>
        new(new KafkaOptions { BootstrapServers = servers, Embedded = embedded }, NullLoggerFactory.Instance);
}
