using System.Collections.Concurrent;
using System.Text.Json;
using Ssl.Cli.Client;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Cli.Demonstration;

/// <summary>Reads what users can read of the running street: the metrics page, the registry, the topic <c>transcripts</c>.</summary>
sealed class StreetObserver(StreetHost street, PromptStream stream, RecentWarnings warnings, TimeProvider clock) : IDisposable
{
    const int KeptExamples = 10;
    static readonly TimeSpan ScrapeTimeout = TimeSpan.FromSeconds(5);

    readonly ServiceClient client = new(street.Address, ScrapeTimeout);
    readonly ModelRegistry registry = street.App.Services.GetRequiredService<ModelRegistry>();
    readonly long started = clock.GetTimestamp();
    readonly SortedDictionary<int, RecognizerScore> scores = [];
    readonly ConcurrentQueue<SpokenExample> examples = new();

    /// <summary>The street at this moment; null: its metrics did not answer in time.</summary>
    public async Task<Snapshot?> LookAsync(CancellationToken ct)
    {
        PrometheusText metrics;
        try
        {
            metrics = new PrometheusText(await client.MetricsAsync(ct));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return null;
        }
        ReadScores();
        return new Snapshot
        {
            Elapsed = clock.GetElapsedTime(started),
            IngestedSeconds = metrics.Sum("ssl_ingest_audio_seconds_total"),
            HoursHeard = metrics.Sum("ssl_learner_audio_trained_seconds_total") / 3600,
            Steps = (long)metrics.Sum("ssl_learner_steps_total"),
            ContrastiveLoss = metrics["ssl_learner_loss{term=\"contrastive\"}"],
            MaskedPredictionLoss = metrics["ssl_learner_loss{term=\"masked_prediction\"}"],
            ContrastiveAccuracy = metrics["ssl_learner_accuracy{objective=\"contrastive\"}"],
            MaskedPredictionAccuracy = metrics["ssl_learner_accuracy{objective=\"masked_prediction\"}"],
            CodePerplexity = metrics["ssl_learner_code_perplexity"],
            EncoderNumber = (int)metrics.Sum("ssl_learner_encoder_version"),
            ChampionNumber = registry.Aliases().TryGetValue(ModelId.Champion, out var champion) ? champion.Number : 0,
            Scores = [.. scores.Values],
            Examples = [.. examples],
            Warnings = warnings.Lines,
            Address = street.Address.ToString(),
        };
    }

    /// <summary>Collects transcripts of the held-out prompts, until cancelled.</summary>
    public async Task FollowTranscriptsAsync(KafkaClients clients, CancellationToken ct)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Transcripts, ct))
        {
            var transcript = message.Value is { } value ? JsonSerializer.Deserialize(value, ContractJson.Default.Transcript) : null;
            if (transcript is null || stream.SourceOf(transcript.SegmentId) is not { HeldOut: true } prompt)
                continue;
            examples.Enqueue(new SpokenExample(prompt.Text, transcript.Text, transcript.RecognizerNumber));
            if (examples.Count > KeptExamples)
                examples.TryDequeue(out _);
        }
    }

    public void Dispose() => client.Dispose();

    void ReadScores()
    {
        foreach (var manifest in registry.List(ModelKind.Recognizer).Where(m => !scores.ContainsKey(m.Number)))
        {
            var found = manifest.RecognizerScores;
            scores[manifest.Number] = new RecognizerScore(manifest.Number, manifest.EncoderNumber ?? 0, found?.CharacterErrorRate ?? 0,
                found?.WordErrorRate ?? 0, manifest.MayServe, clock.GetElapsedTime(started));
        }
    }
}
