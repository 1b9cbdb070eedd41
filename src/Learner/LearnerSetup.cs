using Microsoft.Extensions.DependencyInjection.Extensions;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner;

/// <summary>Adds the Learner to a host.</summary>
public static class LearnerSetup
{
    /// <exception cref="InvalidSettingException">A setting under <c>Learner</c> is misspelt or out of range.</exception>
    public static void AddLearner(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.WatchRegistryDisk();
        KnownSeries.Start(typeof(LearnerMetrics));
        builder.AddTorch();
        builder.Services.AddLearningSwitch();
        builder.Services.AddValidatedOptions<LearnerOptions>(builder.Configuration, LearnerOptions.Section, LearnerOptions.Moved);
        builder.Services.TryAddSingleton(new PretrainingRecipe());
        builder.Services.AddSingleton<TrainingReport>();
        builder.Services.AddSingleton<TrainingSetup>();
        builder.Services.AddSingleton<LearnerService>();
        builder.Services.AddSingleton<IReadiness>(services => services.GetRequiredService<LearnerService>());
        builder.Services.AddHostedService(services => services.GetRequiredService<LearnerService>());
    }
}
