using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Fine-tunes in one of all processes that run this service: they form the consumer group <c>ssl-tuning</c> on <c>models.encoders</c>, and
/// the member to which its one partition is assigned works. Each follows the labels by itself. The
/// registry's epoch fences a former holder that has not noticed its loss.
/// </summary>
sealed class TuningService(
    KafkaClients clients, TuningSources sources, Tuner tuner, AliasAnnouncer announcer, TorchOptions torch, LoopHeartbeat heartbeat,
    IHostApplicationLifetime lifetime, ILogger<TuningService> logger) : HostedLoop(lifetime, logger), IReadiness
{
    const int Partition = 0;
    const string Loop = "fine-tune";
    static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(10); // of decoding the labels or scoring, on a busy machine
    static readonly TimeSpan SettleFor = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan RejoinAfter = TimeSpan.FromSeconds(5);

    public string Name => "tuner";
    public string? WaitingFor { get; private set; } = "the broker";

    protected override async Task RunAsync(CancellationToken ct)
    {
        TorchRuntime.Initialize(torch);
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        await Stages.RunAsync([sources.Topic.RunAsync, TuneAsync], ct);
    }

    /// <summary>A process without labels leaves the work to others: it joins when it has some.</summary>
    async Task TuneAsync(CancellationToken ct)
    {
        WaitingFor = "the labels of the topic audio.labeled";
        await sources.Topic.CaughtUp.WaitAsync(ct);
        if (!tuner.HasWork)
        {
            WaitingFor = "labels (Transcriber:Labels:ManifestPath, or the topic audio.labeled)";
            logger.NothingToLearnFrom();
        }
        while (!tuner.HasWork)
            await Task.Delay(LookEvery, ct);
        do
            await Task.Delay(SettleFor, ct);
        while (!sources.Labels.HasSettled());
        WaitingFor = null;
        while (true)
        {
            try
            {
                await JoinAsync(ct);
            }
            catch (StaleEpochException e)
            {
                logger.Superseded(e.Message);
            }
            await Task.Delay(RejoinAfter, ct);
        }
    }

    /// <summary>One membership of the group; ends only by an exception.</summary>
    async Task JoinAsync(CancellationToken ct)
    {
        await using var member = new ConsumerLoop(clients, ConsumerGroups.Tuning, Topics.Encoders, new(), heartbeat, logger);
        await Stages.RunAsync(
            [
                stopping => sources.Announcements.RunAsync(member, stopping), stopping => WorkAsync(member, stopping),
                stopping => announcer.FollowAsync(() => member.AssignmentOf(Partition) is not 0, TimeProvider.System, stopping),
            ], ct);
    }

    /// <summary>Works whenever this member holds the partition.</summary>
    async Task WorkAsync(ConsumerLoop member, CancellationToken ct)
    {
        while (true)
        {
            if (member.AssignmentOf(Partition) is not 0 and var held)
            {
                if (tuner.IsPaused)
                    TakeUpLabels(() => sources.Labels.ReadSettled(ct)); // no term reads them
                else
                    await TermAsync(member, held, ct);
            }
            await Task.Delay(LookEvery, ct);
        }
    }

    async Task TermAsync(ConsumerLoop member, int assignment, CancellationToken ct)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var beating = heartbeat.Register(Loop, MaxSilence);
        var work = tuner.RunAsync(() => heartbeat.Beat(Loop), term.Token);
        try
        {
            while (!work.IsCompleted && !tuner.IsPaused && member.AssignmentOf(Partition) == assignment)
            {
                await Task.WhenAny(work, Task.Delay(LookEvery, CancellationToken.None));
                TakeUpLabels(() => sources.Labels.Refresh(term.Token));
            }
        }
        finally
        {
            await term.CancelAsync();
            await Task.WhenAny(work); // whatever ended the term, its thread is done before anything is disposed
        }
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            if (!tuner.IsPaused)
                logger.TermLost(Topics.Encoders);
        }
    }

    /// <summary>A list that cannot be written is no reason to end a round.</summary>
    void TakeUpLabels(Action takeUp)
    {
        try
        {
            takeUp();
        }
        catch (OperationCanceledException)
        {
            // the term is over, or the process ends
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException)
        {
            logger.LabelsUnlisted(e.Message);
        }
    }
}
