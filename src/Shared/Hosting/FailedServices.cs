using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Hosting;

/// <summary>Says which service of the host failed and makes the exit code 1: the host stops by itself then, but would call it a success.</summary>
sealed class FailedServices(IServiceProvider services, ILogger<FailedServices> logger) : IHostedLifecycleService
{
    const int FailureExitCode = 1;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var service in Failed())
            HostLog.Failed(logger, service.GetType().Name, service.ExecuteTask!.Exception!.InnerException!.Message, service.ExecuteTask.Exception.InnerException);
        return Task.CompletedTask;
    }

    /// <summary>Also for what failed while stopping.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (Failed().Any())
            Environment.ExitCode = FailureExitCode;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    IEnumerable<BackgroundService> Failed() => services.GetServices<IHostedService>().OfType<BackgroundService>().Where(s => s.ExecuteTask is { IsFaulted: true });
}
