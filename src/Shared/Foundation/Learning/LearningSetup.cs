using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ssl.Shared.Foundation.Learning;

/// <summary>Adds the one <see cref="LearningSwitch"/> of a process, which follows its topic.</summary>
public static class LearningSetup
{
    /// <summary>May be called by several services in one process.</summary>
    public static void AddLearningSwitch(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(LearningSwitch)))
            return;
        services.AddSingleton<LearningSwitch>();
        services.AddHostedService<Following>();
    }

    sealed class Following(LearningSwitch learning) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => learning.RunAsync(stoppingToken);
    }
}
