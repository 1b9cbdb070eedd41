using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.ActiveLearning;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Serving.Limits;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Page;
using Ssl.Transcriber.Serving.Streaming;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Serving.Trials;
using Ssl.Transcriber.Serving.Watching;
using Ssl.Transcriber.Tuning;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Following;
using Ssl.Transcriber.Tuning.Labels;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber;

/// <summary>
/// Adds the Transcriber to a host, one half or both (<see cref="TranscriberRole"/>): tuning makes recognizers, serving transcribes. The
/// halves meet only in the registry and on <c>models.recognizers</c>.
/// </summary>
public static class TranscriberHost
{
    /// <exception cref="InvalidSettingException">A setting under <c>Transcriber</c> is misspelt or out of range.</exception>
    public static void AddTranscriber(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.WatchRegistryDisk();
        builder.AddTorch();
        builder.Services.AddLearningSwitch();
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
        _ = new KeySet(options.Serving); // a wrong one ends the program before it listens
        services.AddSingleton(options.ServingInRole).AddSingleton(options.Upload).AddSingleton(options.Live)
            .AddSingleton(options.Stream);
        services.AddServing(options.LineNames);
        services.AddHostedService<KeyFollower>();
        services.AddSingleton(options.Watch).AddSingleton<ChampionSwap>().AddSingleton<ChampionFollower>().AddSingleton<AnswerWatch>();
        services.AddHostedService<ServingService>();
        services.AddHostedService<StreamService>();
    }

    /// <summary>Maps the paths of the HTTP contract and the web page if this process serves.</summary>
    public static void MapTranscriber(this WebApplication app)
    {
        if (app.Services.GetService<TranscriptionEndpoint>() is null)
            return;
        if (app.Services.GetRequiredService<ServingOptions>().Origins is { Length: > 0 } origins)
            app.UseCors(policy => policy.WithOrigins(origins).AllowAnyHeader().WithMethods("GET", "POST", "DELETE")
                .WithExposedHeaders(["x-model-version", "x-encoder-version", "x-audio-warning", "Retry-After", .. RequestLimits.Headers]));
        app.UseWebSockets();
        app.UseKeyLookup();
        app.UseLimits();
        app.UseKeyCheck();
        Endpoints.Map(app);
        RealtimePath.Map(app);
        WebPage.Map(app);
        app.Lifetime.ApplicationStarted.Register(() => WarnIfOpen(app));
    }

    /// <summary>Without keys the service is for its own machine.</summary>
    static void WarnIfOpen(WebApplication app)
    {
        var open = app.Urls.Where(url => !BindingAddress.Parse(url).Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(BindingAddress.Parse(url).Host, out var address) && IPAddress.IsLoopback(address)));
        if (!app.Services.GetRequiredService<KeyRing>().IsNeeded(KeyScope.Transcribe) && open.FirstOrDefault() is { } url)
            app.Logger.OpenToAll(url);
    }

    /// <summary>The services that answer requests, without the loops that follow topics.</summary>
    /// <param name="lines">Of recognizers, the default line first; null: that alone.</param>
    internal static void AddServing(this IServiceCollection services, IEnumerable<string>? lines = null)
    {
        KnownSeries.Start(typeof(ServingMetrics));
        KnownSeries.Start(typeof(LiveMetrics));
        services.AddCors();
        services.AddContract();
        services.AddSingleton<KeyRing>().AddSingleton<CallerLimits>();
        services.AddSingleton<ServingSlot>().AddSingleton<ModelCatalog>().AddSingleton<AnswerLog>();
        services.AddSingleton(s => new ServingSlots(
            s.GetRequiredService<ServingSlot>(), lines ?? [ModelId.DefaultLine], s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IReadiness>(s => s.GetRequiredService<ServingSlot>());
        services.AddSingleton<TranscriptionQueue>().AddSingleton<Throughput>().AddSingleton<TranscriptionWorkers>()
            .AddSingleton<AudioTranscription>();
        services.AddSingleton<Candidate>().AddSingleton<Canary>().AddSingleton<Shadow>().AddSingleton<VersionChoice>();
        services.AddSingleton<TranscriptionEndpoint>().AddSingleton<ModelsEndpoint>().AddSingleton<LabelsEndpoint>();
        services.AddSingleton<LiveSessions>().AddSingleton<LiveRecognition>().AddSingleton<RealtimeEndpoint>();
        services.AddSingleton<SegmentSource>().AddSingleton<SegmentHearing>();
        services.AddSingleton<LabelProposals>().AddSingleton<LabelProposalsEndpoint>();
        services.AddSingleton<ModelsAdmin>().AddSingleton<DiffEndpoint>();
        services.AddSingleton<EncoderRunner>().AddSingleton<EmbeddingsEndpoint>();
    }

    static void AddTuning(this IServiceCollection services, TranscriberOptions options)
    {
        TuningMetrics.Start(options.LineNames);
        services.AddSingleton(options.TuningLines).AddSingleton(options.FineTuning).AddSingleton(options.PseudoLabels);
        services.TryAddSingleton<FineTuningRecipe>(); // tests bring their own
        services.TryAddSingleton<RoundRecipe>();
        services.AddSingleton<EncoderMailbox>().AddSingleton<EncoderFollower>();
        services.AddSingleton(_ => LabelStore.Open(options.DataPath)).AddSingleton<LabelIntake>().AddSingleton<LabelFollower>();
        services.AddSingleton<LabelledSets>().AddSingleton<TuningSources>();
        services.AddSingleton<StreamTail>();
        services.AddSingleton<RecentAudio>(s => options.PseudoLabels.Enabled ? s.GetRequiredService<StreamTail>().Read : _ => []);
        services.AddSingleton<ChampionLoader>();
        services.AddSingleton<Func<string, LoadedRecognizer?>>(s => s.GetRequiredService<ChampionLoader>().Load);
        services.AddSingleton(s => new TuningRound(
            s.GetRequiredService<FineTuningRecipe>(), options.Decoding.Recipe, options.Gate, seed: 0,
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<RoundStore>(s, Path.Combine(options.DataPath, "round")));
        services.AddSingleton<RoundPlan>().AddSingleton<RoundReport>().AddSingleton<RecognizerRound>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<ShadowTrial>(s, options.Gate, options.Serving.ShadowShare > 0));
        services.AddSingleton<RecognizerPublisher>().AddSingleton<AliasAnnouncer>();
        services.AddSingleton<Tuner>().AddSingleton<TuningService>();
        services.AddHostedService(s => s.GetRequiredService<TuningService>());
    }
}
