using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Follows encoder versions and makes a recognizer of each newest one, on a thread of its own.</summary>
sealed class FineTuningService(
    KafkaClients clients, FolderRegistry registry, EncoderFollower follower, EncoderMailbox mailbox, LabelledSetReader labels, RecognizerRound round, AliasAnnouncer announcer,
    TranscriberOptions options, LoopHeartbeat heartbeat, IHostApplicationLifetime lifetime, ILogger<FineTuningService> logger)
    : HostedLoop(lifetime, logger)
{
    const string Loop = "fine-tune";
    static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10); // decoding the labels, scoring: on a busy machine
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken ct)
    {
        if (!options.FineTuning.Enabled || options.Labels.ManifestPath is null)
        {
            logger.NothingToLearnFrom();
            return;
        }
        try
        {
            await FollowAsync(ct);
        }
        catch (StaleEpochException e)
        {
            logger.Succeeded(e.Message);
        }
    }

    async Task FollowAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        await announcer.AnnounceAsync(ct);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] parts = [follower.RunAsync(ending.Token), ComputeThread.RunAsync(Loop, () => MakeRecognizers(ending.Token), options.FineTuning.Threads, options.FineTuning.Niceness)];
        var first = await Task.WhenAny(parts);
        await ending.CancelAsync(); // when one has ended, so does the other
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (parts.FirstOrDefault(p => p.IsFaulted) ?? first);
    }

    void MakeRecognizers(CancellationToken ct)
    {
        using var beating = heartbeat.Register(Loop, LongestSilence);
        var epoch = registry.AcquireEpoch("transcriber");
        while (!ct.IsCancellationRequested)
        {
            heartbeat.Beat(Loop);
            if (mailbox.Take(Patience, ct) is not { } encoder)
                continue;
            if (UsableLabels(ct) is not { } set)
                continue;
            var newest = mailbox.Take(TimeSpan.Zero, ct) ?? encoder; // what came while labels were waited for
            if (round.Run(newest, set, epoch, () => heartbeat.Beat(Loop), ct))
                announcer.AnnounceAsync(ct).GetAwaiter().GetResult();
        }
    }

    /// <summary>Waits for a labelled set that can be used; says once what is wrong with it.</summary>
    LabelledSet? UsableLabels(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            heartbeat.Beat(Loop);
            var set = labels.Read(options.Labels.ManifestPath!, out var isNew);
            if (isNew)
                Report(set);
            if (set.Unusable is null)
                return set;
            ct.WaitHandle.WaitOne(options.Labels.RetryEvery);
        }
        return null;
    }

    void Report(LabelledSet set)
    {
        logger.LabelProblems([.. set.Problems.Select(p => p.ToString())]);
        if (set.Unusable is { } reason)
            logger.LabelsUnusable(reason);
        else
            logger.LabelsRead(set.Train.Count, set.TrainSeconds, set.HeldOut.Count, set.HeldOutSeconds);
    }
}
