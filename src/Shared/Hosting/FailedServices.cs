using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Hosting;

/// <summary>Says which service of the host failed and makes the exit code 1: the host stops by itself then, but would call it a success.</summary>
sealed class FailedServices(IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<FailedServices> logger) : IHostedLifecycleService
{
    const int FailureExitCode = 1;

    readonly HashSet<BackgroundService> reported = [];

    /// <summary>From here on, for a service may fail before all have started; the host then ends without stopping what never started.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(Report);
        return Task.CompletedTask;
    }

    /// <summary>Also for what failed while stopping.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Report();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void Report()
    {
        foreach (var service in Failed().Where(reported.Add))
        {
            HostLog.Failed(logger, service.GetType().Name, service.ExecuteTask!.Exception!.InnerException!.Message, service.ExecuteTask.Exception.InnerException);
            Environment.ExitCode = FailureExitCode;
        }
    }

    IEnumerable<BackgroundService> Failed() => services.GetServices<IHostedService>().OfType<BackgroundService>().Where(s => s.ExecuteTask is { IsFaulted: true });
}
