using System.Text;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Tests;

/// <summary>Ingest as it runs, on a broker of the test's.</summary>
sealed class IngestHost : IAsyncDisposable
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    readonly WebApplication app;

    IngestHost(WebApplication app) => (this.app, Clients) = (app, app.Services.GetRequiredService<KafkaClients>());

    public KafkaClients Clients { get; }

    public static async Task<IngestHost> StartAsync(string bootstrapServers, bool embedded, CancellationToken ct, int idleSeconds = 1,
        Action<IServiceCollection>? configure = null)
    {
        // A long session: what a test holds up or a busy machine slows down is no dead member.
        string[] arguments = [$"--Kafka:BootstrapServers={bootstrapServers}", $"--Kafka:Embedded={embedded}",
            "--Kafka:session.timeout.ms=60000", $"--Ingest:StreamIdle=00:00:{idleSeconds:00}", "--Urls=http://127.0.0.1:0"];
        var builder = SslHost.CreateBuilder(arguments, 0);
        configure?.Invoke(builder.Services);
        builder.AddIngest();
        var host = new IngestHost(builder.Build());
        await host.app.StartAsync(ct);
        return host;
    }

    public async Task<DeliveryResult<byte[]?, byte[]?>> PublishAsync(
        string key, byte[] value, string? contentType, CancellationToken ct, params (string Name, string Value)[] more)
    {
        var message = Message(key, value, contentType is null ? more : [.. more, (MessageHeaders.ContentType, contentType)]);
        return await Clients.Producer.ProduceAsync(Topics.AudioRaw, message, ct);
    }

    public static Message<byte[]?, byte[]?> Message(string? key, byte[] value, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = key is null ? null : Encoding.UTF8.GetBytes(key),
            Value = value,
            Headers = [],
        };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        return message;
    }

    public async Task<List<AudioSegment>> SegmentsAsync(int atLeast, CancellationToken ct) =>
        [.. (await ReadAsync(Topics.AudioSegments, atLeast, ct)).Select(m =>
            SegmentMessages.TryRead(m, out var segment, out var reason) ? segment : throw new InvalidDataException(reason))];

    /// <summary>What is on the topic: at least so many, and what else comes within three seconds after.</summary>
    public async Task<List<ConsumedMessage>> ReadAsync(string topic, int atLeast, CancellationToken ct)
    {
        var read = new List<ConsumedMessage>();
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await foreach (var message in AnnouncementFollower.FollowAsync(Clients, topic, quiet.Token))
        {
            read.Add(message);
            if (read.Count >= atLeast)
                quiet.CancelAfter(Quiet);
        }
        ct.ThrowIfCancellationRequested();
        return read;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
