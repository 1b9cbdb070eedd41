using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>Transcribes segments by a line's champion and by the version before it, when no request waits. Thread-safe.</summary>
sealed class SegmentHearing(ModelCatalog catalog, ServingSlots slots, ModelRegistry registry, AudioTranscription transcription)
{
    static readonly TimeSpan QueueRetry = TimeSpan.FromMilliseconds(50);

    /// <summary>The numbers of the two as the registry names them; null: there is none.</summary>
    public (int? Champion, int? Previous) Versions(string line)
    {
        var aliases = registry.Aliases();
        return (slots.Of(line)?.Number ?? Number(ModelId.Champion), Number(ModelId.Previous));

        int? Number(string alias) => aliases.GetValueOrDefault(ModelId.KeyOf(line, alias))?.Number;
    }

    /// <param name="versions">From <see cref="Versions"/>; one that cannot be loaded is left out.</param>
    /// <param name="leases">Of both, the caller's to return: the first is there even where the second throws.</param>
    public async Task LeaseAsync((int? Champion, int? Previous) versions, ModelLease?[] leases, CancellationToken ct)
    {
        leases[0] = await LeaseAsync(versions.Champion, ct);
        leases[1] = await LeaseAsync(versions.Previous, ct);
    }

    async Task<ModelLease?> LeaseAsync(int? number, CancellationToken ct) =>
        number is { } known ? (await catalog.LeaseAsync(known, ct)).Lease : null;

    /// <param name="leases">Of the champion and the version before.</param>
    /// <returns>Null: a version failed on it, which the log says.</returns>
    public async Task<UnlabelledSegment?> HearAsync(StreamSegment segment, ModelLease?[] leases, CancellationToken ct)
    {
        try
        {
            var texts = await Task.WhenAll(leases.Select(lease => TranscribeAsync(segment, lease, ct)));
            return new UnlabelledSegment($"{segment.Id}", segment.Seconds, AcousticVector.Of(segment.Samples))
            {
                Text = texts[0]?.Text ?? "",
                Confidence = texts[0]?.Confidence,
                Disagreement = texts is [{ } now, { } before] ? ErrorRate.Disagreement(now.Text, before.Text) : null,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }

    async Task<Transcription?> TranscribeAsync(StreamSegment segment, ModelLease? lease, CancellationToken ct)
    {
        if (lease is null)
            return null;
        RunningTranscription? started;
        while ((started = transcription.TryStart(lease.Model, segment.Samples, TranscriptionPriority.Stream, ct)) is null)
            await Task.Delay(QueueRetry, ct);
        await using (started)
            return await started.WholeAsync();
    }
}
