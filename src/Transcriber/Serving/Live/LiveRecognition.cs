using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Watching;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>
/// Hears the utterances of a session one after the other, each with the version that serves when it begins; the steps are run by the same
/// workers as files. A step takes all that has arrived, so that whoever waits long for a worker needs fewer of them. Thread-safe.
/// </summary>
sealed class LiveRecognition(
    ModelCatalog catalog, TranscriptionQueue queue, AnswerLog answers, TimeProvider clock, ILogger<LiveRecognition> logger)
{
    const int MinStepSamples = AudioFormat.SampleRateHz / 5;
    const int MinPromptLetters = 4; // as for files

    /// <param name="context">Of the session.</param>
    public async Task RunAsync(IAsyncEnumerable<SpokenItem> items, LiveContext context, LiveEvents events, CancellationToken ct)
    {
        await foreach (var item in items.WithCancellation(ct))
        {
            context.HotWords = HotWords(item.Settings.Prompt);
            var result = await HearAsync(item, context, events, ct);
            LiveMetrics.Utterances.WithLabels(result).Inc();
        }
    }

    /// <returns>The label of metrics.</returns>
    async Task<string> HearAsync(SpokenItem item, LiveContext context, LiveEvents events, CancellationToken ct)
    {
        var failure = await TryHearAsync(item, context, events, ct);
        while (failure is not null && !(await item.ReadAsync(MinStepSamples, ct)).Ends)
        {
            // what follows is not heard, but the client may go on sending it
        }
        if (item.IsCleared)
            return "cleared";
        if (failure is null)
            return "completed";
        await events.FailedAsync(item, failure);
        return "failed";
    }

    async Task<RealtimeError?> TryHearAsync(SpokenItem item, LiveContext context, LiveEvents events, CancellationToken ct)
    {
        try
        {
            var outcome = await catalog.LeaseAsync(item.Settings.Model, ct);
            if (outcome.Lease is not { } lease)
                return RealtimeError.Server(outcome.Reason, outcome.IsUnknown ? "model_not_found" : "model_not_ready");
            using (lease)
            {
                if (lease.Model.Listen is not { } listen)
                    return RealtimeError.Server("this version cannot be used live", "model_not_ready");
                await HearAsync(item, lease.Model, listen(context), events, ct);
                return null;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return RealtimeError.Server("the service is stopping", "stopping");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.UtteranceFailed(e);
            return RealtimeError.Server("the service failed on this utterance; the log says why", "internal_error");
        }
    }

    async Task HearAsync(SpokenItem item, ServingModel model, Hear hear, LiveEvents events, CancellationToken ct)
    {
        var (words, text, shown) = (new List<TranscribedWord>(), "", "");
        var (seconds, cost) = (0.0, TimeSpan.Zero);
        for (var ends = false; !ends;)
        {
            var part = await item.ReadAsync(MinStepSamples, ct);
            ends = part.Ends;
            if (item.IsCleared)
                continue;
            var heard = new LiveText([], []);
            var step = new TranscriptionJob(model, part.Samples, () =>
            {
                var began = ComputeTime.Now;
                heard = hear(part.Samples, part.Ends);
                cost += ComputeTime.Now - began;
            });
            seconds += AudioFormat.SecondsOf(part.Samples.Length);
            if (!queue.TryEnqueue(step, ct))
                throw new OperationCanceledException();
            await step.Completion;
            if (item.IsCleared)
                continue;
            if (heard.Words.Count > 0)
            {
                words.AddRange(heard.Words);
                var delta = (text.Length > 0 ? " " : "") + string.Join(' ', heard.Words.Select(w => w.Word));
                text += delta;
                await events.DeltaAsync(item, delta, heard.Words);
            }
            var open = string.Join(' ', heard.Open.Select(w => w.Word));
            if (item.Settings.Partial && (heard.Words.Count > 0 || open != shown) && !ends)
                await events.PartialAsync(item, shown = open);
            if (part.Since != 0)
                LiveMetrics.PartialDelay.Observe(clock.GetElapsedTime(part.Since).TotalSeconds);
        }
        if (item.IsCleared)
            return;
        if (seconds > 0)
        {
            var confidence = words.Select(w => w.Confidence ?? 1).DefaultIfEmpty(1).Average();
            answers.Answered(model.Number, new Transcription(text, words, confidence), seconds, cost);
        }
        await events.CompletedAsync(item, text, words, model);
        LiveMetrics.FinalDelay.Observe(item.SinceEnd.TotalSeconds);
    }

    static string[] HotWords(string? prompt) => prompt is null ? []
        : [.. prompt.Split([' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Where(w => w.Length >= MinPromptLetters).Take(TranscriptionForm.MaxHotWords)];
}
