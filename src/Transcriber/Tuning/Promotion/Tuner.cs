using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Fine-tunes each newest encoder for each line (<see cref="LineSchedule"/>), on a thread of its own.</summary>
sealed class Tuner(
    ModelRegistry registry, TuningSources sources, RecognizerRound round, AliasAnnouncer announcer, FineTuningOptions options,
    LearningSwitch learning, ILogger<Tuner> logger)
{
    const string Writer = "transcriber";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether there are labels to learn from.</summary>
    public bool HasWork => sources.Labels.HasLabels;

    /// <summary>An operator has paused learning: no term begins, and one that has begun is ended.</summary>
    public bool IsPaused => learning.IsPaused;

    /// <summary>One term: acquires an epoch and works until cancelled.</summary>
    /// <param name="beat">Called with every sign of life.</param>
    /// <exception cref="StaleEpochException">Another process has acquired a later epoch.</exception>
    public Task RunAsync(Action beat, CancellationToken ct) =>
        ComputeThread.RunAsync("fine-tune", () => Run(beat, ct), options.Threads, options.Niceness);

    void Run(Action beat, CancellationToken ct)
    {
        var epoch = registry.AcquireEpoch(Writer);
        logger.TermBegan(epoch.Epoch);
        sources.Labels.Read(beat, ct); // what is labelled is not to be proposed while a trial goes on
        round.EndTrial(epoch, beat, ct);
        announcer.AnnounceAsync(ct).GetAwaiter().GetResult();
        var schedule = new LineSchedule(registry);
        sources.Encoders.Offer(registry.Newest(ModelKind.Encoder)?.Number ?? 0);
        for (var (known, begins) = (0, true); ; begins = false)
        {
            beat();
            var encoder = sources.Encoders.Newest(known, Patience, ct);
            var sets = sources.Labels.Read(beat, ct);
            var order = begins ? round.Unfinished(encoder, sets) : null;
            if (order is null && schedule.Next(encoder, sets) is { } labels)
                order = new RoundOrder(encoder, labels);
            if (order is null)
            {
                known = encoder;
                continue;
            }
            order = order with { NewestEncoder = () => sources.Encoders.Current };
            var result = round.Run(order, epoch, beat, ct);
            if (result == RoundResult.Published)
                announcer.AnnounceAsync(ct).GetAwaiter().GetResult();
            if (result != RoundResult.GivenUp)
                schedule.Done(order.Labels, order.Encoder, sets);
        }
    }
}
