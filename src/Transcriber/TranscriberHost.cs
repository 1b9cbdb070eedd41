using Microsoft.Extensions.DependencyInjection.Extensions;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving;
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

/// <summary>The Transcriber as a part of a host: follows encoders, fine-tunes, judges, swaps, answers over HTTP and on <c>transcripts</c>.</summary>
public static class TranscriberHost
{
    /// <exception cref="InvalidSettingException">A setting under <c>Transcriber</c> is misspelt or out of range.</exception>
    public static void AddTranscriber(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.AddTorch();
        var services = builder.Services;
        var options = services.AddValidatedOptions<TranscriberOptions>(builder.Configuration, TranscriberOptions.Section, FormerSettings.Add(new MovedSettings()));
        services.AddSingleton(options.Serving).AddSingleton(options.Upload).AddSingleton(options.Labels)
            .AddSingleton(options.FineTuning).AddSingleton(options.PseudoLabels).AddSingleton(options.Gate).AddSingleton(options.Stream)
            .AddSingleton(options.Decoding.Recipe);
        services.TryAddSingleton<FineTuningRecipe>(); // tests and experiments bring their own

        services.AddSingleton<EncoderMailbox>().AddSingleton<EncoderFollower>();
        services.AddSingleton<LabelledSetReader>().AddSingleton<StreamTail>();
        services.AddSingleton<RecentAudio>(s => options.PseudoLabels.Enabled ? s.GetRequiredService<StreamTail>().Read : _ => []);
        services.AddSingleton(s => new TuningRound(
            s.GetRequiredService<FineTuningRecipe>(), s.GetRequiredService<DecodingRecipe>(), options.Gate, options.FineTuning.Seed, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RecognizerRound>().AddSingleton<RecognizerPublisher>().AddSingleton<AliasAnnouncer>();
        services.AddSingleton<ChampionSwap>().AddSingleton<ChampionFollower>();
        services.AddServing();

        services.AddHostedService<ServingService>();
        services.AddHostedService<FineTuningService>();
        services.AddHostedService<StreamService>();
    }

    /// <summary>What answers requests, without what makes recognizers.</summary>
    internal static void AddServing(this IServiceCollection services)
    {
        services.AddSingleton<ServingSlot>().AddSingleton<RecognizerLoader>().AddSingleton<ModelCatalog>().AddSingleton<IReadiness, ServingReadiness>();
        services.AddSingleton<TranscriptionQueue>().AddSingleton<TranscriptionWorkers>().AddSingleton<AudioTranscription>();
        services.AddSingleton<TranscriptionEndpoint>().AddSingleton<ModelsEndpoint>();
    }

    /// <summary>Maps the paths of the HTTP contract.</summary>
    public static void MapTranscriber(this WebApplication app) => Endpoints.Map(app);
}
