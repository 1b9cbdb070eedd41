using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer to <c>stream=true</c>: server-sent events (WHATWG HTML, 9.2), a text delta for each piece.</summary>
static class TranscriptEvents
{
    public const string ContentType = "text/event-stream";

    /// <returns>All of what was sent.</returns>
    public static async Task<Transcription> WriteAsync(
        HttpContext http, TranscriptionRequest request, RunningTranscription running, AudioStream audio)
    {
        var response = http.Response;
        var isWarned = response.Headers.ContainsKey(ApiAnswer.WarningHeader);
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no"; // nginx would hold events back
        var (pieces, segments) = (new List<Transcription>(), 0);
        await foreach (var piece in running.PiecesAsync())
        {
            var isFirst = pieces.All(p => p.Text.Length == 0);
            pieces.Add(piece);
            if (piece.Text.Length > 0)
            {
                var delta = new DeltaEvent(isFirst ? piece.Text : " " + piece.Text, Logprobs(piece));
                await SendAsync(http, delta, ApiJson.Readable.DeltaEvent);
            }
            foreach (var s in request.Segments ? SpokenSegment.Of(piece.Words) : [])
            {
                var segment = new SegmentEvent(
                    $"seg_{segments++}", TranscriptionBody.Rounded(s.StartSeconds), TranscriptionBody.Rounded(s.EndSeconds), s.Text);
                await SendAsync(http, segment, ApiJson.Readable.SegmentEvent);
            }
        }
        var whole = running.Join(pieces);
        var read = audio.Result!;
        var warning = isWarned ? null : ApiAnswer.Warning(read);
        var done = new DoneEvent(whole.Text, Logprobs(whole), UsageBody.Of(read.DurationSeconds), warning);
        await SendAsync(http, done, ApiJson.Readable.DoneEvent);
        return whole;

        IReadOnlyList<LogprobBody>? Logprobs(Transcription result) => request.Logprobs ? LogprobBody.Of(result) : null;
    }

    /// <summary>An error after the answer has begun; the official clients raise it.</summary>
    public static Task WriteErrorAsync(HttpContext http, ApiError error) =>
        SendAsync(http, new ErrorBody(error), ErrorJson.Readable.ErrorBody);

    static async Task SendAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type)
    {
        await http.Response.WriteAsync($"data: {JsonSerializer.Serialize(body, type)}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}

/// <summary>Text that follows what was sent before.</summary>
sealed record DeltaEvent(string Delta, IReadOnlyList<LogprobBody>? Logprobs, string Type = "transcript.text.delta");

/// <summary>Sent where segments are asked for; seconds from the start.</summary>
sealed record SegmentEvent(string Id, double Start, double End, string Text, string Type = "transcript.text.segment");

/// <summary>The last event: the whole text.</summary>
/// <param name="AudioWarning">As the header <c>x-audio-warning</c>, where a fault was found after the answer had begun.</param>
sealed record DoneEvent(
    string Text, IReadOnlyList<LogprobBody>? Logprobs, UsageBody Usage, string? AudioWarning, string Type = "transcript.text.done");
