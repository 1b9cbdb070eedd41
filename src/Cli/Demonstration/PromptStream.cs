using System.Collections.Concurrent;
using Ssl.Cli.Publishing;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Demonstration;

/// <summary>Publishes every prompt once, then the held-out ones repeatedly, at the speed of speech.</summary>
sealed class PromptStream(KafkaClients clients, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    readonly AudioPublisher publisher = new(clients, clock);
    readonly ConcurrentDictionary<string, Prompt> published = new(StringComparer.Ordinal);

    public async Task RunAsync(IReadOnlyList<Prompt> prompts, CancellationToken ct)
    {
        foreach (var prompt in prompts)
            await PublishAsync(prompt, ct);
        var heldOut = prompts.Where(p => p.HeldOut).ToArray();
        for (var next = 0; heldOut.Length > 0 && !ct.IsCancellationRequested; next = (next + 1) % heldOut.Length)
        {
            await PublishAsync(heldOut[next], ct);
            await Task.Delay(Pause + TimeSpan.FromSeconds(heldOut[next].DurationSeconds), clock, ct);
        }
    }

    /// <summary>The prompt that a segment was cut from, by the source in its id; null: audio from elsewhere.</summary>
    public Prompt? SourceOf(string segmentId) => published.GetValueOrDefault(segmentId[..Math.Max(0, segmentId.LastIndexOf('/'))]);

    public void Dispose() => publisher.Dispose();

    async Task PublishAsync(Prompt prompt, CancellationToken ct)
    {
        var delivered = await publisher.PublishClipAsync(prompt.Path, prompt.Name, prompt.HeldOut, ct);
        published[$"{delivered.Topic}/{delivered.Partition.Value}/{delivered.Offset.Value}"] = prompt;
    }
}
