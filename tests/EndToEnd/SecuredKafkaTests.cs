using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Demonstration;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.EndToEnd;

/// <summary>
/// The whole street on an Apache Kafka with TLS, SASL/SCRAM and ACLs: every service is a process and a user of its own, with exactly the
/// rights of docs/topics.md (S8).
/// </summary>
public sealed class SecuredKafkaTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    readonly KafkaSecurity security = new([.. KafkaRights.Documented.Select(r => r.User)]);
    readonly string key = ApiKey.NewText();
    RealKafka kafka = null!;
    KafkaClients administrator = null!;

    public async ValueTask InitializeAsync()
    {
        kafka = await RealKafka.StartAsync(security);
        administrator = Clients(KafkaSecurity.Admin);
        await administrator.EnsureTopicsAsync(TopicSetup.All(partitions: 2), limit.Token);
        using var admin = kafka.AdminClient();
        await KafkaRights.GrantAsync(admin, KafkaRights.Documented);
    }

    public async ValueTask DisposeAsync()
    {
        administrator?.Dispose();
        if (kafka is not null)
            await kafka.DisposeAsync();
        security.Dispose();
        folder.Dispose();
        http.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Every_service_works_with_the_rights_of_its_role()
    {
        var digits = new DigitRecordings();
        var manifest = digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 5);
        await using var ingest = Start("Ingest", "ingest");
        await using var learner = Start("Learner", "learner", $"--Learner:DataPath={folder.File("learner")}", "--Learner:Threads=1",
            "--Learner:Publishing:FirstAfter=00:00:10");
        await using var tune = Start("Transcriber", "tune", "--Transcriber:Role=tune", $"--Transcriber:Labels:ManifestPath={manifest}",
            $"--Transcriber:DataPath={folder.File("tuner")}", "--Transcriber:FineTuning:FirstBudget=00:01:30");
        await using var serve = Start("Transcriber", "serve", "--Transcriber:Role=serve",
            $"--Transcriber:Serving:Keys:ann:Hash={Convert.ToHexString(ApiKey.Hash(key))}",
            "--Transcriber:Serving:Keys:ann:Scopes=transcribe,admin");
        try
        {
            await WorkAsync(digits, serve);
            foreach (var service in new[] { ingest, learner, tune, serve })
            {
                Assert.DoesNotContain("is missing for the user", service.Output, StringComparison.Ordinal);
                Assert.Equal(0, await service.StopAsync());
            }
        }
        catch (Exception e)
        {
            var outputs = new[] { ingest, learner, tune, serve }.Select(s => s.Output[^Math.Min(s.Output.Length, 3000)..]);
            throw new InvalidOperationException($"{e.Message}\n{string.Join("\n----\n", outputs)}", e);
        }
    }

    async Task WorkAsync(DigitRecordings digits, ServiceProcess serve)
    {
        using (var publisher = Clients("publisher"))
        {
            foreach (var recording in digits.Training.Take(200))
            {
                var bytes = await File.ReadAllBytesAsync(recording.Path, limit.Token);
                await publisher.DeliverAsync(Topics.AudioRaw, Audio(bytes), limit.Token);
            }
            await publisher.DeliverAsync(Topics.AudioRaw, Audio([1, 2, 3]), limit.Token); // a dead letter of Ingest
        }
        await administrator.DeliverAsync(Topics.AudioSegments, Audio([1, 2, 3]), limit.Token); // one of the Learner and of the Transcriber
        await ReadAsync(Topics.AudioRawDeadLetters, 1);
        await ReadAsync(Topics.AudioSegments, 100);
        await ReadAsync(Topics.AudioSegmentsDeadLetters, 1);
        await ReadAsync(Topics.Encoders, 1);
        await ReadAsync(Topics.Recognizers, 1);
        await UntilAsync("an answer", async () => await IsOkAsync(new Uri(serve.Address, "health/ready")));
        await ReadAsync(Topics.Transcripts, 10);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var label = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(digits.Training[0].Path, limit.Token)), "file", "a.flac" },
            { new StringContent("seven"), "text" },
        };
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(new Uri(serve.Address, "admin/labels"), label, limit.Token)).StatusCode);
        await ReadAsync(Topics.AudioLabeled, 1);
        await UntilAsync("the label is the tuner's", async () => (await http.GetStringAsync(
            new Uri(serve.Address, "admin/labels?limit=1000"), limit.Token)).Contains("\"source\":\"topic\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK,
            (await http.PostAsync(new Uri(serve.Address, "admin/learning/pause?why=test"), null, limit.Token)).StatusCode);
        await ReadAsync(Topics.Control, 1);
        using var learning = JsonDocument.Parse(await http.GetStringAsync(new Uri(serve.Address, "admin/learning"), limit.Token));
        Assert.True(learning.RootElement.GetProperty("paused").GetBoolean());
    }

    ServiceProcess Start(string project, string user, params string[] settings) => new(project, LoopbackPort.Free(),
    [
        $"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Topics:Create=false",
        .. security.SettingsOf(user).Select(s => $"--Kafka:{s.Key}={s.Value}"), $"--Registry:Path={folder.File("registry")}", .. settings,
    ]);

    KafkaClients Clients(string user) => new(
        new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Settings = security.SettingsOf(user) }, NullLoggerFactory.Instance);

    static Message<byte[]?, byte[]?> Audio(byte[] bytes) => new()
    {
        Key = Encoding.UTF8.GetBytes($"{bytes.Length}"),
        Value = bytes,
        Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes("audio/flac") } },
    };

    /// <summary>Returns when so many messages have come.</summary>
    async Task ReadAsync(string topic, int count)
    {
        try
        {
            await foreach (var _ in AnnouncementFollower.FollowAsync(administrator, topic, limit.Token))
            {
                if (--count == 0)
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // said below
        }
        Assert.Fail($"within {Limit.TotalMinutes:0} minutes {count} more messages of {topic} were expected");
    }

    async Task<bool> IsOkAsync(Uri address)
    {
        try
        {
            return (await http.GetAsync(address, limit.Token)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        try
        {
            while (!await reached())
                await Task.Delay(Poll, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"within {Limit.TotalMinutes:0} minutes there was not: {what}");
        }
    }
}
