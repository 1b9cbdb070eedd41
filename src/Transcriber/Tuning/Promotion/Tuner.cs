using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Makes a recognizer of each newest encoder, on a thread of its own.</summary>
sealed class Tuner(
    ModelRegistry registry, EncoderMailbox encoders, LabelFollower labels, RecognizerRound round, AliasAnnouncer announcer,
    FineTuningOptions options, LoopHeartbeat heartbeat, ILogger<Tuner> logger)
{
    const string Loop = "fine-tune";
    const string Writer = "transcriber";
    static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(10); // decoding the labels, scoring: on a busy machine
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public bool HasWork => options.Enabled && labels.HasManifest;

    /// <summary>One term: acquires an epoch and works until cancelled.</summary>
    /// <exception cref="StaleEpochException">Another process has acquired a later epoch.</exception>
    public Task RunAsync(CancellationToken ct) => ComputeThread.RunAsync(Loop, () => Run(ct), options.Threads, options.Niceness);

    void Run(CancellationToken ct)
    {
        using var beating = heartbeat.Register(Loop, MaxSilence);
        var epoch = registry.AcquireEpoch(Writer);
        logger.TermBegan(epoch.Epoch);
        announcer.AnnounceAsync(ct).GetAwaiter().GetResult();
        encoders.Restart(passed: NewestUsed(), NewestEncoder());
        while (true)
        {
            Beat();
            if (encoders.Take(Patience, ct) is not { } encoder)
                continue;
            var set = labels.Read(Beat, ct);
            var newest = encoders.Take(TimeSpan.Zero, ct) ?? encoder; // announced while labels were waited for
            if (round.Run(newest, set, epoch, Beat, ct))
                announcer.AnnounceAsync(ct).GetAwaiter().GetResult();
        }
    }

    void Beat() => heartbeat.Beat(Loop);

    /// <summary>Encoders up to this one already have a recognizer.</summary>
    int NewestUsed() => registry.Newest(ModelKind.Recognizer, m => m.EncoderNumber >= NewestEncoder()) is null ? 0 : NewestEncoder();

    int NewestEncoder() => registry.Newest(ModelKind.Encoder)?.Number ?? 0;
}
