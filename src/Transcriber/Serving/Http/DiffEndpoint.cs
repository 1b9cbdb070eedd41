using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>POST /admin/models/diff?a=ssl@17&amp;b=ssl@18</c>: two versions' texts of an uploaded recording, word by word.</summary>
sealed class DiffEndpoint(ModelCatalog catalog, AudioTranscription transcription, ServingOptions serving, UploadOptions upload)
{
    public Task HandleAsync(HttpContext http) =>
        Deadline.AnswerAsync(http, serving.RequestTimeout, deadline => AnswerAsync(http, deadline));

    async Task<ApiError?> AnswerAsync(HttpContext http, CancellationTokenSource deadline)
    {
        var (a, b) = (http.Request.Query["a"].ToString(), http.Request.Query["b"].ToString());
        if (a.Length == 0 || b.Length == 0)
            return ApiError.Invalid("two versions are needed: ?a=ssl@17&b=ssl@18", a.Length == 0 ? "a" : "b");
        var (read, error) = await TranscriptionForm.ReadFormAsync(http, upload, deadline.Token);
        if (read is null)
            return error;
        using var form = read;
        var audio = await AudioDecoder.DecodeAsync(
            form.File!.Value, TranscriptionForm.Hint(form.FileContentType), upload.Limits, deadline.Token);
        if (!audio.Ok || audio.Samples.Length == 0)
            return ApiError.Invalid(
                $"the file cannot be used: {(audio.Ok ? "it holds no sample" : audio.Detail)}", "file", "invalid_audio");
        ApiAnswer.WarnOf(http, audio);
        if (http.UseAudio(2 * audio.DurationSeconds) is { } limited)
            return limited;
        deadline.CancelAfter(serving.RequestTimeout + 2 * TimeSpan.FromSeconds(audio.DurationSeconds));
        var (first, refusal) = await HearAsync(a, audio.Samples, deadline.Token);
        if (first is not { } heardA)
            return refusal;
        (var second, refusal) = await HearAsync(b, audio.Samples, deadline.Token);
        if (second is not { } heardB)
            return refusal;
        var words = heardA.Pieces.Zip(heardB.Pieces).SelectMany(p => DiffWordBody.Of(p.First, p.Second));
        await ApiAnswer.WriteJsonAsync(http, DiffBody.Of(heardA.Text, heardB.Text, words), AdminJson.Default.DiffBody);
        return null;
    }

    /// <summary>Both versions get the same pieces, so their words are compared piece by piece.</summary>
    async Task<((DiffTextBody Text, IReadOnlyList<Transcription> Pieces)? Heard, ApiError? Error)> HearAsync(
        string id, ReadOnlyMemory<short> samples, CancellationToken ct)
    {
        var outcome = await catalog.LeaseAsync(id, ct);
        if (outcome.Lease is not { } lease)
            return (null, outcome.IsUnknown ? ApiError.UnknownModel(outcome.Reason) : ApiError.NotReady(outcome.Reason));
        using (lease)
        {
            await using var running = transcription.TryStart(lease.Model, samples, TranscriptionPriority.Request, ct);
            if (running is null)
                return (null, ApiError.QueueFull);
            var pieces = new List<Transcription>();
            await foreach (var piece in running.PiecesAsync())
                pieces.Add(piece);
            return ((new DiffTextBody(id, lease.Model.Number, running.Join(pieces).Text), pieces), null);
        }
    }
}
