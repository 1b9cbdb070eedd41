using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// Follows <c>audio.labeled</c> into the store, in no group: every tuner has all labels, whoever leads. It goes on where the store's
/// progress ends, or at the beginning of a topic that was made anew and of the embedded broker, which forgets.
/// </summary>
sealed class LabelFollower(
    KafkaClients clients, LabelIntake intake, LabelStore store, LoopHeartbeat heartbeat, ILogger<LabelFollower> logger)
{
    const string Loop = "labels";
    const int SaveEvery = 100; // messages; after a crash they are read again
    static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5); // of decoding on a busy machine, of a broker that is away
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly TaskCompletionSource caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when everything that the topic held at the start is in the store: before, a label that was removed may be there again.
    /// </summary>
    public Task CaughtUp => caughtUp.Task;

    public async Task RunAsync(CancellationToken ct)
    {
        using var beating = heartbeat.Register(Loop, MaxSilence);
        await Task.Factory.StartNew(() => Follow(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    void Follow(CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.AudioLabeled);
        var (topicId, isAway) = (clients.Options.Embedded ? $"{Guid.NewGuid()}" : null, false);
        while (!ct.IsCancellationRequested)
        {
            heartbeat.Beat(Loop);
            try
            {
                foreach (var held in topic.Partitions(ct)) // none if the topic is not there yet
                    Take(topic, held, topicId ??= topic.Id(ct), ct);
                caughtUp.TrySetResult();
                isAway = false;
            }
            catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
            {
                if (!isAway) // tried again every second
                    logger.LabelsUnread(e.Message);
                isAway = true;
            }
            ct.WaitHandle.WaitOne(LookEvery);
        }
    }

    void Take(TopicTail topic, OffsetRange held, string topicId, CancellationToken ct)
    {
        var isSame = store.Progress.TopicId == topicId;
        var next = isSame ? store.Progress.Next.GetValueOrDefault(held.Partition) : 0;
        if (next > held.End)
            next = 0; // made anew since
        if (next == held.End)
            return;
        var (unsaved, refusals) = (0, store.Progress.Refusals.ToList());
        foreach (var message in topic.Read(held with { First = Math.Max(held.First, next) }, ct))
        {
            heartbeat.Beat(Loop);
            refusals.RemoveAll(r => r.Id == message.KeyText);
            if (Handle(message, ct) is { } refusal)
                refusals.Add(refusal);
            if (++unsaved % SaveEvery == 0)
                Save(message.Offset + 1);
        }
        Save(held.End);

        void Save(long offset) => store.Save(new LabelProgress(topicId,
            new Dictionary<int, long>(store.Progress.TopicId == topicId ? store.Progress.Next : new Dictionary<int, long>())
            {
                [held.Partition] = offset,
            }, refusals));
    }

    LabelRefusal? Handle(ConsumedMessage message, CancellationToken ct)
    {
        LabelRefusal? refusal = null;
        var failure = Attempts.RunAsync(
            () =>
            {
                refusal = intake.Take(message);
                return Task.CompletedTask;
            },
            ct, isOutside: e => e is IOException or UnauthorizedAccessException).GetAwaiter().GetResult(); // of the store's folder
        return failure is null ? refusal : intake.Refuse(message, DeadLetters.Failed, DeadLetters.DetailOf(failure));
    }
}
