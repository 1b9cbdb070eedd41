using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Shared.Foundation.Learning;

/// <summary>
/// Whether this system is to learn, as operators last said on the compacted topic <c>control</c>: Learner and tuner save a checkpoint
/// and rest. Runs until the topic says otherwise, also while no broker answers. Thread-safe.
/// </summary>
public sealed class LearningSwitch(KafkaClients clients, TimeProvider clock, ILogger<LearningSwitch> logger) : IDisposable
{
    readonly ManualResetEventSlim running = new(true);
    volatile LearningControl? last;

    /// <summary>What was said last; null: nothing yet.</summary>
    public LearningControl? Last => last;
    public bool IsPaused => last?.Paused == true;

    /// <summary>Called after each change, on the thread that follows the topic.</summary>
    public event Action<LearningControl>? Changed;

    /// <summary>Pauses or resumes, in every process that follows the topic.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refuses the message, or does not answer.</exception>
    public async Task<LearningControl> SetAsync(bool paused, string who, string why, CancellationToken ct)
    {
        var control = new LearningControl { Paused = paused, Who = who, When = clock.GetUtcNow(), Why = why };
        await SendAsync(clients, control, ct);
        return control;
    }

    public static Task SendAsync(KafkaClients clients, LearningControl control, CancellationToken ct) =>
        clients.ProduceAsync(Topics.Control, new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(LearningControl.Key),
            Value = JsonSerializer.SerializeToUtf8Bytes(control, ContractJson.Default.LearningControl),
        }, ct);

    /// <summary>Blocks the thread while learning is paused, at most for <paramref name="limit"/>.</summary>
    public void WaitWhilePaused(TimeSpan limit, CancellationToken ct)
    {
        try
        {
            running.Wait(limit, ct);
        }
        catch (OperationCanceledException)
        {
            // the caller looks at its token
        }
    }

    public void Dispose() => running.Dispose();

    /// <summary>Follows the topic until cancelled.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Control, ct))
        {
            if (message.KeyText == LearningControl.Key && message.Value is { } value)
                await Attempts.OrPassOverAsync(message, () => Take(value), logger, ct);
        }
    }

    void Take(byte[] value)
    {
        var control = JsonSerializer.Deserialize(value, ContractJson.Default.LearningControl)
            ?? throw new InvalidDataException("the value is null");
        var before = IsPaused;
        last = control;
        if (control.Paused)
            running.Reset();
        else
            running.Set();
        if (control.Paused != before)
            Log.Switched(logger, control.Paused ? "paused" : "resumed", control.Who, control.Why);
        Changed?.Invoke(control);
    }
}
