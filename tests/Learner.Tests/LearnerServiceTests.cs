using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Cli.Broker;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Learner.Tests;

/// <summary>The whole service on the embedded broker.</summary>
public sealed class LearnerServiceTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Segments_become_an_announced_encoder_version_and_a_restart_goes_on()
    {
        var ct = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(folder["encoder"]);
        using (var encoder = SpeechEncoder.Create(TinyRun.Config, 1))
            ModelFolder.SaveEncoder(folder["encoder"], encoder);
        EncoderAnnouncement first;
        int newest; // more may be published before the stop
        await using (var app = await StartAsync(ct))
        {
            var clients = app.Services.GetRequiredService<KafkaClients>();
            for (var i = 0; i < 6; i++)
                await clients.Producer.ProduceAsync(Topics.AudioSegments, SegmentMessages.ToMessage(Segments.Tones(i, 3)), ct);
            await clients.Producer.ProduceAsync(Topics.AudioSegments,
                SegmentMessages.ToMessage(Segments.Tones(99, 3) with { TrainOptOut = true }), ct);
            first = await AnnouncementAsync(clients, _ => true, ct);
            var metrics = await MetricsAsync(app, ct);
            Assert.Contains("ssl_learner_replay_segments 6", metrics);
            Assert.Contains("ssl_learner_health{state=\"healthy\"} 1", metrics);
            Assert.DoesNotContain("ssl_learner_encoder_version 0", metrics);
            await app.StopAsync(ct);
            newest = app.Services.GetRequiredService<ModelRegistry>().Newest(ModelKind.Encoder)!.Number;
        }
        Assert.Equal(1, first.Number);
        Assert.True(first.Steps >= 5);

        await using var again = await StartAsync(ct);
        var second = await AnnouncementAsync(again.Services.GetRequiredService<KafkaClients>(), a => a.Number > newest, ct);
        Assert.True(second.Steps > first.Steps);
        Assert.True(second.AudioSecondsTrained > first.AudioSecondsTrained);
        Assert.Contains("ssl_learner_replay_segments 6", await MetricsAsync(again, ct));
        var version = again.Services.GetRequiredService<ModelRegistry>().Open(ModelKind.Encoder, second.Number, out var reason);
        Assert.True(version is not null, reason);
        var learning = again.Services.GetRequiredService<LearningSwitch>();
        await learning.SetAsync(paused: true, "ann", "test", ct);
        await UntilAsync(() => learning.IsPaused, ct);
        var paused = "";
        for (var before = "."; paused != before;) // until it rests
        {
            before = paused;
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            paused = Steps(await MetricsAsync(again, ct));
        }
        await learning.SetAsync(paused: false, "ann", "test", ct);
        await UntilAsync(() => Steps(MetricsAsync(again, ct).GetAwaiter().GetResult()) != paused, ct);
        Assert.Equal(6, version.Manifest.Watermark.Sum(p => p.Offset) - version.Manifest.Watermark.Count(p => p.Offset == 0));
        await again.StopAsync(ct);
        Assert.Equal(0, Environment.ExitCode);
    }

    [Theory]
    [InlineData("--Learner:Replay:CapacityByte=1", "CapacityBytes")]
    [InlineData("--Learner:Replay:CapacityBytes=1", "Learner:Replay:CapacityBytes")]
    [InlineData("--Learner:Threads=0", "Learner:Threads")]
    [InlineData("--Learner:Health:WindowSteps=5", "recipe pretraining-2026-11")]
    [InlineData("--Learner:Objectives:Distractors=10", "recipe pretraining-2026-11")]
    [InlineData("--Learner:Training:Beta1=0.5", "recipe pretraining-2026-11")]
    [InlineData("--Learner:Checkpoints:Keep=3", "the newest two")]
    [InlineData("--Learner:Publishing:Every=soon", "Learner:Publishing:Every")]
    public void A_wrong_setting_is_named(string argument, string named)
    {
        var e = Assert.Throws<InvalidSettingException>(() =>
            SslHost.CreateBuilder([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", argument], 0).AddLearner());
        Assert.Contains(named, e.Message);
    }

    async Task<WebApplication> StartAsync(CancellationToken ct)
    {
        var builder = SslHost.CreateBuilder(
        [
            $"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true", $"--Registry:Path={folder["registry"]}",
            $"--Learner:DataPath={folder["learner"]}", "--Urls=http://127.0.0.1:0",
            $"--Learner:Encoder={folder["encoder"]}", "--Learner:Threads=1", "--Learner:Batch:AudioSeconds=4",
            "--Learner:Batch:MaxCropSeconds=2",
            "--Learner:Publishing:FirstAfter=00:00:01", "--Learner:Publishing:Every=00:00:01", "--Learner:Checkpoints:Every=00:00:01",
        ], 0);
        builder.Services.AddSingleton(new PretrainingRecipe { MinStoredSeconds = 18, HealthWindowSteps = 5 });
        builder.AddLearner();
        var app = builder.Build();
        app.MapSslDefaults();
        await app.StartAsync(ct);
        return app;
    }

    static string Steps(string metrics) =>
        metrics.Split('\n').Single(l => l.StartsWith("ssl_learner_steps_total", StringComparison.Ordinal));

    static async Task UntilAsync(Func<bool> reached, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!reached())
            await Task.Delay(100, limit.Token);
    }

    static async Task<EncoderAnnouncement> AnnouncementAsync(KafkaClients clients,
        Predicate<EncoderAnnouncement> wanted, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Encoders, limit.Token))
            if (JsonSerializer.Deserialize(message.Value, ContractJson.Default.EncoderAnnouncement) is { } announcement
                && wanted(announcement))
                return announcement;
        throw new TimeoutException("no announcement within a minute");
    }

    static async Task<string> MetricsAsync(WebApplication app, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("/health/live", ct)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("/health/ready", ct)).StatusCode);
        return await client.GetStringAsync("/metrics", ct);
    }
}
