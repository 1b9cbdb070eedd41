using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Trials;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>POST /v1/audio/transcriptions</c>: transcribes one recording with one version.</summary>
sealed class TranscriptionEndpoint(
    ServingSlots slots, VersionChoice versions, TranscriptionQueue queue, Throughput throughput, AudioTranscription transcription,
    Shadow shadow, ServingOptions serving, UploadOptions upload)
{
    const double MinAudioSeconds = 0.1; // OpenAI's own limit

    public Task HandleAsync(HttpContext http) =>
        Deadline.AnswerAsync(http, serving.RequestTimeout, deadline => AnswerAsync(http, deadline));

    /// <param name="deadline">Of the upload; moved once the length of the recording is known.</param>
    /// <returns>Null: the answer was written.</returns>
    async Task<ApiError?> AnswerAsync(HttpContext http, CancellationTokenSource deadline)
    {
        if (!slots.IsFilled || queue.IsFull) // answered before the upload is read
            return slots.IsFilled ? ApiError.QueueFull : Refused(LeaseOutcome.NotReady);
        var (read, error) = await TranscriptionForm.ReadFormAsync(http, upload, deadline.Token);
        if (read is null)
            return error;
        using var form = read;
        var (request, fieldError) = TranscriptionForm.ReadFields(form);
        if (request is null)
            return fieldError;
        var outcome = await versions.LeaseAsync(http, request.Model, deadline.Token);
        if (outcome.Lease is not { } lease)
            return Refused(outcome);
        using (lease)
        {
            ApiAnswer.NameVersions(http, lease.Model);
            return await TranscribeAsync(http, form, request, lease.Model, deadline);
        }
    }

    /// <summary>The recording is decoded again, behind the answer: its windows are gone.</summary>
    void Compare(int candidate, MultipartForm form, TranscriptionRequest request, ServingModel model, Transcription answer)
    {
        var (recording, limits) = (form.File!.Value.ToArray(), upload.Limits); // the form's buffer goes back to its pool
        shadow.Compare(candidate, model, answer.Text, request.HotWords,
            async ct => (await AudioDecoder.DecodeAsync(recording, request.ContentType, limits, ct)).Samples);
    }

    async Task<ApiError?> TranscribeAsync(
        HttpContext http, MultipartForm form, TranscriptionRequest request, ServingModel model, CancellationTokenSource deadline)
    {
        await using var audio = AudioStream.Start(form.File!.Value, request.ContentType, upload.Limits, deadline.Token);
        await audio.Begun;
        if (audio.Result is { } read)
        {
            if (!read.Ok)
                return Unusable(read.Detail);
            ApiAnswer.WarnOf(http, read);
            if (read.DurationSeconds < MinAudioSeconds)
                return ApiError.Invalid($"the recording lasts {read.DurationSeconds:0.000} s; at least {MinAudioSeconds} s are needed",
                    "file", "audio_too_short");
        }
        if (audio.ExpectedSeconds is { } seconds && Late(seconds, serving.RequestTimeout + TimeSpan.FromSeconds(seconds)) is { } late)
            return late;
        // While it is decoded, its length is only promised: the first of many joined files says nothing of the others.
        deadline.CancelAfter(serving.RequestTimeout
            + (audio.Result is null ? upload.MaxDuration : TimeSpan.FromSeconds(audio.Result.DurationSeconds)));
        var expected = audio.ExpectedSeconds ?? 0;
        if (http.UseAudio(expected) is { } limited)
            return limited;
        await using var running =
            transcription.TryStart(model, audio, TranscriptionPriority.Request, deadline.Token, request.HotWords);
        try
        {
            if (running is null)
            {
                http.Admission().Use(-expected);
                return ApiError.QueueFull;
            }
            var answer = request.Stream ? await TranscriptEvents.WriteAsync(http, request, running, audio) : await running.WholeAsync();
            if (!request.Stream)
                await WriteAsync(http, request, answer, audio, model);
            if (versions.IsChampion(request.Model, model) && shadow.TryTakeTurn(model) is { } candidate)
                Compare(candidate, form, request, model, answer);
            return null;
        }
        catch (UnusableAudioException e)
        {
            return Unusable(e.Message);
        }
        finally
        {
            if (running is not null) // also where the client hung up: what was heard until then is not free
                http.Admission().Use(Math.Max(audio.Result?.DurationSeconds ?? expected, audio.GivenSeconds) - expected);
        }
    }

    static ApiError Unusable(string reason) => ApiError.Invalid($"the file cannot be used: {reason}", "file", "invalid_audio");

    /// <summary>A request that cannot be answered in time is refused before any work is done for it.</summary>
    ApiError? Late(double seconds, TimeSpan limit)
    {
        if (throughput.OfOneWorker * serving.WorkerThreads is not { } speed)
            return null;
        return seconds / speed > limit.TotalSeconds ? ApiError.TooSlow(seconds / speed, limit)
            : (queue.WaitingSeconds + seconds) / speed is var all && all > limit.TotalSeconds ? ApiError.TooMuchWaiting(all, limit) : null;
    }

    static ApiError Refused(LeaseOutcome outcome) =>
        outcome.IsUnknown ? ApiError.UnknownModel(outcome.Reason) : ApiError.NotReady(outcome.Reason);

    static Task WriteAsync(
        HttpContext http, TranscriptionRequest request, Transcription result, AudioStream audio, ServingModel model)
    {
        var read = audio.Result!;
        if (!http.Response.Headers.ContainsKey(ApiAnswer.WarningHeader))
            ApiAnswer.WarnOf(http, read);
        return request.Format switch
        {
            ResponseFormat.Text => ApiAnswer.WriteTextAsync(http, result.Text + "\n", "text/plain"),
            ResponseFormat.Srt => ApiAnswer.WriteTextAsync(http, Subtitles.Srt(SpokenSegment.Of(result.Words)), "application/x-subrip"),
            ResponseFormat.Vtt => ApiAnswer.WriteTextAsync(http, Subtitles.Vtt(SpokenSegment.Of(result.Words)), "text/vtt"),
            ResponseFormat.VerboseJson => WriteJsonAsync(TranscriptionBody.Verbose(request, result, read.DurationSeconds, model)),
            _ => WriteJsonAsync(TranscriptionBody.Short(request, result, read.DurationSeconds)),
        };

        Task WriteJsonAsync(TranscriptionBody json) => ApiAnswer.WriteJsonAsync(http, json, ApiJson.Readable.TranscriptionBody);
    }
}
