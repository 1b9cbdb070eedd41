using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>A service's main loop: runs until the host stops; a failure stops the host and makes the program's exit code 1.</summary>
public abstract class HostedLoop(IHostApplicationLifetime lifetime, ILogger logger) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host's start does not wait for the loop
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // asked to stop
        }
        catch (Exception e)
        {
            logger.Failed(GetType().Name, e.Message, e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    protected abstract Task RunAsync(CancellationToken ct);
}
