using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Learner.Intake;

/// <summary>Reads <c>audio.segments</c> into the replay store until cancelled, then flushes and commits.</summary>
sealed class IntakeLoop(KafkaClients clients, ReplayStore store, LoopHeartbeat heartbeat, ILogger logger)
{
    const string Loop = "intake";
    const long FlushBytes = 8 << 20;
    static readonly TimeSpan FlushDelay = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan IdleBeat = TimeSpan.FromSeconds(10);
    static readonly TimeSpan HeartbeatLimit = TimeSpan.FromMinutes(1);

    readonly DeadLetters letters = new(clients, Topics.AudioSegmentsDeadLetters, ConsumerGroups.Learner, logger);

    public async Task RunAsync(CancellationToken ct)
    {
        using var beating = heartbeat.Register(Loop, HeartbeatLimit);
        await using var messages = new ConsumerLoop(
            clients, ConsumerGroups.Learner, Topics.AudioSegments, new ConsumerLoopOptions(), heartbeat, logger);
        var intake = new SegmentIntake(store, messages.Done);
        intake.Flush();
        try
        {
            await ReadAsync(messages, intake, ct);
        }
        finally
        {
            intake.Flush();
        }
    }

    async Task ReadAsync(ConsumerLoop messages, SegmentIntake intake, CancellationToken ct)
    {
        await using var reading = messages.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        var next = reading.MoveNextAsync().AsTask();
        while (true)
        {
            heartbeat.Beat(Loop);
            if (!next.IsCompleted)
                await Task.WhenAny(next, Task.Delay(intake.HasPending ? FlushDelay : IdleBeat, ct));
            if (!next.IsCompleted || intake.PendingBytes >= FlushBytes)
                intake.Flush();
            if (!next.IsCompleted)
                continue;
            if (!await next)
                return;
            await TakeAsync(intake, reading.Current, ct);
            next = reading.MoveNextAsync().AsTask();
        }
    }

    /// <summary>What cannot be stored goes to the dead letters. A disk that fails is not the message's fault.</summary>
    async Task TakeAsync(SegmentIntake intake, ConsumedMessage message, CancellationToken ct)
    {
        var (result, unusable) = ("failed", (string?)null);
        var failure = await Attempts.RunAsync(
            () =>
            {
                (result, unusable) = intake.Store(message);
                return Task.CompletedTask;
            },
            ct, isOutside: e => e is IOException or UnauthorizedAccessException);
        if (unusable is not null)
            await letters.SendAsync(message, "unreadable", unusable, 1, ct);
        else if (failure is not null)
            await letters.SendFailedAsync(message, failure, ct);
        intake.Hold(message, failure is null ? result : "failed"); // after its letter: a stop in between sends it again
    }
}
