using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>POST /v1/audio/transcriptions</c>: one recording in, its text out, by one version from beginning to end.</summary>
sealed class TranscriptionEndpoint(ServingSlot slot, ModelCatalog catalog, TranscriptionQueue queue, AudioTranscription transcription, ServingOptions serving, UploadOptions upload)
{
    /// <summary>OpenAI's own lower limit.</summary>
    const double LeastAudioSeconds = 0.1;

    public async Task HandleAsync(HttpContext http)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(serving.RequestTimeout);
        try
        {
            if (await AnswerAsync(http, deadline.Token) is { } error)
                await ApiAnswer.WriteErrorAsync(http, error);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            await ApiAnswer.WriteErrorAsync(http, deadline.IsCancellationRequested
                ? ApiError.TimedOut(serving.RequestTimeout, serving.RetryAfterQueueFull)
                : ApiError.NotReady("the service is stopping", serving.RetryAfterNoModel));
        }
    }

    /// <returns>Null when the answer was written.</returns>
    async Task<ApiError?> AnswerAsync(HttpContext http, CancellationToken ct)
    {
        if (TurnAway() is { } busy)
            return busy;
        var (request, error) = await TranscriptionForm.ReadAsync(http, upload, ct);
        if (request is null)
            return error;
        var outcome = await catalog.LeaseAsync(request.Model, ct);
        if (outcome.Lease is not { } lease)
            return Refused(outcome);
        using (lease)
        {
            ApiAnswer.NameVersions(http, lease.Model);
            var audio = AudioDecoder.Decode(request.Audio, request.ContentType, new DecodeLimits { LongestSeconds = upload.MaxDuration.TotalSeconds });
            if (!audio.Ok)
                return ApiError.Invalid($"the file cannot be used: {audio.Detail}", "file", "invalid_audio");
            if (audio.DurationSeconds < LeastAudioSeconds)
                return ApiError.Invalid($"the recording lasts {audio.DurationSeconds:0.000} s; at least {LeastAudioSeconds} s are needed", "file", "audio_too_short");
            if (transcription.TryStart(lease.Model, audio.Samples, TranscriptionPriority.Request, ct) is not { } answer)
                return ApiError.QueueFull(serving.RetryAfterQueueFull);
            var heard = await answer;
            await WriteAsync(http, request, new SpokenText(heard.Text, heard.Words, heard.Confidence, AudioFormat.SecondsOf(audio.Samples.Length), lease.Model.Number, lease.Model.EncoderNumber));
            return null;
        }
    }

    /// <summary>Before the upload is read, while it is cheap for both sides.</summary>
    ApiError? TurnAway() =>
        !slot.IsFilled ? Refused(LeaseOutcome.NotReady)
        : queue.IsFull ? ApiError.QueueFull(serving.RetryAfterQueueFull)
        : null;

    ApiError Refused(LeaseOutcome outcome) => outcome.Refusal == LeaseRefusal.Unknown
        ? ApiError.UnknownModel(outcome.Reason!)
        : ApiError.NotReady(outcome.Reason!, serving.RetryAfterNoModel);

    static Task WriteAsync(HttpContext http, TranscriptionRequest request, SpokenText spoken) => request.Format switch
    {
        ResponseFormat.Text => ApiAnswer.WriteTextAsync(http, spoken.Text + "\n", "text/plain; charset=utf-8"),
        ResponseFormat.Srt => ApiAnswer.WriteTextAsync(http, Subtitles.Srt(SpokenSegment.Of(spoken.Words)), "application/x-subrip; charset=utf-8"),
        ResponseFormat.Vtt => ApiAnswer.WriteTextAsync(http, Subtitles.Vtt(SpokenSegment.Of(spoken.Words)), "text/vtt; charset=utf-8"),
        ResponseFormat.VerboseJson => ApiAnswer.WriteJsonAsync(http, TranscriptionBody.Verbose(spoken, request), ApiJson.Default.TranscriptionBody),
        _ => ApiAnswer.WriteJsonAsync(http, TranscriptionBody.Brief(spoken), ApiJson.Default.TranscriptionBody),
    };
}
