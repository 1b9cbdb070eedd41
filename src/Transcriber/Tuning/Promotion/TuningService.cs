using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Fine-tunes in one process of all that run this service. They are members of the group <c>ssl-tuning</c> on <c>models.encoders</c>; the member
/// that holds its one partition works, and another takes over when it dies. The registry's epoch fences a former holder that does not know yet.
/// </summary>
sealed class TuningService(
    KafkaClients clients, EncoderFollower follower, Tuner tuner, TorchOptions torch, LoopHeartbeat heartbeat,
    IHostApplicationLifetime lifetime, ILogger<TuningService> logger) : HostedLoop(lifetime, logger), IReadiness
{
    const int Partition = 0;
    static readonly ConsumerLoopOptions Membership = new() { SessionTimeout = TimeSpan.FromSeconds(10) }; // so long a dead holder is waited for
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan RejoinAfter = TimeSpan.FromSeconds(5);

    public string Name => "tuner";

    /// <inheritdoc/>
    public string? WaitingFor { get; private set; } = "the broker";

    protected override async Task RunAsync(CancellationToken ct)
    {
        if (!tuner.HasWork)
        {
            WaitingFor = "a labelled set (Transcriber:Labels:ManifestPath)";
            logger.NothingToLearnFrom();
            return;
        }
        TorchRuntime.Initialize(torch);
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
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

    /// <summary>One membership of the group: ends with a failure only.</summary>
    async Task JoinAsync(CancellationToken ct)
    {
        await using var member = new ConsumerLoop(clients, ConsumerGroups.Tuning, Topics.Encoders, Membership, heartbeat, logger);
        await Stages.RunAsync([stopping => follower.RunAsync(member, stopping), stopping => WorkAsync(member, stopping)], ct);
    }

    /// <summary>Works whenever this member holds the partition.</summary>
    async Task WorkAsync(ConsumerLoop member, CancellationToken ct)
    {
        while (true)
        {
            if (member.AssignmentOf(Partition) is not 0 and var held)
                await TermAsync(member, held, ct);
            await Task.Delay(LookEvery, ct);
        }
    }

    async Task TermAsync(ConsumerLoop member, int assignment, CancellationToken ct)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = tuner.RunAsync(term.Token);
        while (!work.IsCompleted && member.AssignmentOf(Partition) == assignment)
            await Task.WhenAny(work, Task.Delay(LookEvery, CancellationToken.None));
        await term.CancelAsync();
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            logger.TermLost(Topics.Encoders);
        }
    }
}
