using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Watching;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>Loads the registry's champion, runs the workers, and follows promotions. The workers stop after the web server.</summary>
sealed class ServingService(
    ChampionSwap swap, ChampionFollower follower, AnswerWatch watch, TranscriptionWorkers workers, TorchOptions torch,
    IHostApplicationLifetime lifetime, ILogger<ServingService> logger) : HostedLoop(lifetime, logger)
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(torch);
        if (!swap.Restore())
            logger.NothingServes();
        workers.Start();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        workers.Dispose();
    }

    protected override Task RunAsync(CancellationToken ct) => Stages.RunAsync([follower.RunAsync, watch.RunAsync], ct);
}
