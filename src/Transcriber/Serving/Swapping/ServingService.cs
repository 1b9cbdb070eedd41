using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Batching;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>
/// Serves the registry's champion from the start, runs the workers, and follows promotions. At the end the workers stop after the web server has
/// answered its last request.
/// </summary>
sealed class ServingService(
    ChampionSwap swap, ChampionFollower follower, TranscriptionWorkers workers, TorchOptions torch,
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

    protected override Task RunAsync(CancellationToken ct) => follower.RunAsync(ct);
}
