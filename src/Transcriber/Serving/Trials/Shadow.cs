using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Trials;

/// <summary>
/// Gives a share of the requests that the champion has answered to the candidate as well, one at a time and only while nothing waits, and
/// notes how the two texts differ in the registry (<see cref="ShadowRecord"/>). Thread-safe.
/// </summary>
sealed class Shadow(
    Candidate candidate, ModelCatalog catalog, AudioTranscription transcription, TranscriptionQueue queue, ModelRegistry registry,
    ServingOptions options, TimeProvider clock, ILogger<Shadow> logger)
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2); // of one recording: requests go first
    static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);
    const int WrittenAtOnce = 100; // the first ones of a candidate, which its promotion may wait for
    static readonly TextPolicy Compared = new(); // of versions whose labels have another policy, the words are compared

    readonly ShadowRecords records = new(registry);
    int running;
    (int Candidate, ShadowRecord Record)? unwritten; // used by the one that runs
    long? writtenAt;
    (int Candidate, int Count) noted; // comparisons of the candidate that was compared last

    /// <summary>
    /// The candidate that is to hear what the champion has answered; null: the answer is none of the share, there is no candidate, others
    /// wait, or a comparison is running. <see cref="Compare"/> ends the turn.
    /// </summary>
    public int? TryTakeTurn(ServingModel champion)
    {
        if (options.ShadowShare <= 0 || Random.Shared.NextDouble() >= options.ShadowShare
            || candidate.Number is not { } number || number == champion.Number)
            return null;
        if (queue.Length == 0 && Interlocked.Exchange(ref running, 1) == 0)
            return number;
        ServingMetrics.Shadows.WithLabels("skipped").Inc();
        return null;
    }

    /// <summary>Called after the answer; returns at once.</summary>
    /// <param name="number">From <see cref="TryTakeTurn"/>.</param>
    public void Compare(int number, ServingModel champion, string text, IReadOnlyList<string> hotWords,
        Func<CancellationToken, Task<ReadOnlyMemory<short>>> decode) =>
        _ = Task.Run(() => CompareAsync(number, champion.Number, text, hotWords, decode));

    async Task CompareAsync(int number, int champion, string text, IReadOnlyList<string> hotWords,
        Func<CancellationToken, Task<ReadOnlyMemory<short>>> decode)
    {
        var result = "failed";
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var samples = await decode(limit.Token);
            var outcome = await catalog.LeaseAsync(number, limit.Token);
            using var lease = outcome.Lease;
            result = lease is null && !outcome.IsBusy ? "failed" : "skipped";
            if (lease is null || transcription.TryStart(
                lease.Model, samples, TranscriptionPriority.Stream, limit.Token, hotWords) is not { } transcribing)
                return;
            result = "failed";
            Note(number, champion, samples.Length, text, (await transcribing.WholeAsync()).Text);
            result = "compared";
        }
        catch (Exception e)
        {
            logger.ShadowFailed(number, e.Message); // a trial: nobody waits for it, and the service goes on
        }
        finally
        {
            ServingMetrics.Shadows.WithLabels(result).Inc();
            Volatile.Write(ref running, 0);
        }
    }

    void Note(int number, int champion, int samples, string text, string other)
    {
        var errors = ErrorRate.Words(Compared.Apply(text), Compared.Apply(other));
        var isSpoken = errors.Length > 0;
        var one = new ShadowRecord
        {
            Champion = champion,
            Requests = 1,
            Spoken = isSpoken ? 1 : 0,
            Empty = isSpoken && string.IsNullOrWhiteSpace(other) ? 1 : 0,
            AudioSeconds = AudioFormat.SecondsOf(samples),
            Words = errors.Length,
            Errors = errors.Errors,
            Updated = clock.GetUtcNow(),
        };
        if (unwritten is { } before && (before.Candidate, before.Record.Champion) != (number, champion))
            Write(before);
        unwritten = (number, unwritten is { } same ? same.Record.Plus(one) : one);
        noted = (number, noted.Candidate == number ? noted.Count + 1 : 1);
        if (noted.Count <= WrittenAtOnce || writtenAt is not { } last || clock.GetElapsedTime(last) >= WriteEvery)
            Write(unwritten.Value);
    }

    void Write((int Candidate, ShadowRecord Record) counted)
    {
        records.Add(counted.Candidate, counted.Record);
        (unwritten, writtenAt) = (null, clock.GetTimestamp());
        ServingMetrics.Shadowed(counted.Candidate, records.All()[counted.Candidate].Disagreement);
    }
}
