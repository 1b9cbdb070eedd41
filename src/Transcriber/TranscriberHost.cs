using Microsoft.Extensions.DependencyInjection.Extensions;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Streaming;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Following;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber;

/// <summary>
/// The Transcriber as a part of a host, in one half or both (<see cref="TranscriberRole"/>): tuning makes recognizers, serving answers over HTTP and on
/// <c>transcripts</c>. The halves meet in the registry and on <c>models.recognizers</c>.
/// </summary>
public static class TranscriberHost
{
    /// <exception cref="InvalidSettingException">A setting under <c>Transcriber</c> is misspelt or out of range.</exception>
    public static void AddTranscriber(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.AddTorch();
        var services = builder.Services;
        var moved = FormerSettings.Add(new MovedSettings());
        var options = services.AddValidatedOptions<TranscriberOptions>(builder.Configuration, TranscriberOptions.Section, moved);
        services.AddSingleton(options.Decoding.Recipe);
        services.AddSingleton<RecognizerLoader>();
        if (options.Role != TranscriberRole.Serve)
            services.AddTuning(options);
        if (options.Role == TranscriberRole.Tune)
        {
            services.AddSingleton<IReadiness>(s => s.GetRequiredService<TuningService>());
            return;
        }
        services.AddSingleton(options.Serving).AddSingleton(options.Upload).AddSingleton(options.Stream);
        services.AddServing();
        services.AddSingleton<ChampionSwap>().AddSingleton<ChampionFollower>();
        services.AddHostedService<ServingService>();
        services.AddHostedService<StreamService>();
    }

    /// <summary>Maps the paths of the HTTP contract, where this process serves.</summary>
    public static void MapTranscriber(this WebApplication app)
    {
        if (app.Services.GetService<TranscriptionEndpoint>() is not null)
            Endpoints.Map(app);
    }

    /// <summary>What answers requests, without the loops that follow topics.</summary>
    internal static void AddServing(this IServiceCollection services)
    {
        services.AddSingleton<ServingSlot>().AddSingleton<ModelCatalog>().AddSingleton<IReadiness, ServingReadiness>();
        services.AddSingleton<TranscriptionQueue>().AddSingleton<TranscriptionWorkers>().AddSingleton<AudioTranscription>();
        services.AddSingleton<TranscriptionEndpoint>().AddSingleton<ModelsEndpoint>();
    }

    static void AddTuning(this IServiceCollection services, TranscriberOptions options)
    {
        services.AddSingleton(options.Labels).AddSingleton(options.FineTuning).AddSingleton(options.PseudoLabels);
        services.TryAddSingleton<FineTuningRecipe>(); // tests bring their own
        services.AddSingleton<EncoderMailbox>().AddSingleton<EncoderFollower>();
        services.AddSingleton<LabelledSetReader>().AddSingleton<LabelFollower>();
        services.AddSingleton<StreamTail>();
        services.AddSingleton<RecentAudio>(s => options.PseudoLabels.Enabled ? s.GetRequiredService<StreamTail>().Read : _ => []);
        services.AddSingleton<ChampionLoader>().AddSingleton<Func<LoadedRecognizer?>>(s => s.GetRequiredService<ChampionLoader>().Load);
        services.AddSingleton(s => new TuningRound(
            s.GetRequiredService<FineTuningRecipe>(), options.Decoding.Recipe, options.Gate, options.FineTuning.Seed, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RecognizerRound>().AddSingleton<RecognizerPublisher>().AddSingleton<AliasAnnouncer>();
        services.AddSingleton<Tuner>().AddSingleton<TuningService>();
        services.AddHostedService(s => s.GetRequiredService<TuningService>());
    }
}
