using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
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
using Ssl.Shared.Speech.Torch;

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
        var options = services.AddValidatedOptions<TranscriberOptions>(builder.Configuration, TranscriberOptions.Section);
        services.AddSingleton(options.Serving).AddSingleton(options.Upload).AddSingleton(options.Labels)
            .AddSingleton(options.FineTuning).AddSingleton(options.PseudoLabels).AddSingleton(options.Decoding.Recipe).AddSingleton(options.Gate).AddSingleton(options.Stream);

        services.AddSingleton<EncoderMailbox>().AddSingleton<EncoderFollower>();
        services.AddSingleton<LabelledSetReader>().AddSingleton<FineTuner>().AddSingleton<PseudoLabeller>().AddSingleton<StreamTail>().AddSingleton<RecentAudio>(s => s.GetRequiredService<StreamTail>().Read);
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
