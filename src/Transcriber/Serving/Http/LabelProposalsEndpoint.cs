using System.Globalization;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.ActiveLearning;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>GET /admin/labels/next</c>: segments of the stream to label next, and their audio.</summary>
sealed class LabelProposalsEndpoint(LabelProposals proposals, ServingSlots slots, ServingOptions serving)
{
    public const string AudioType = "audio/wav";
    const double UsualMinutes = 3;
    const double MaxMinutes = 15; // their audio is kept in memory

    public Task ListAsync(HttpContext http) =>
        Deadline.AnswerAsync(http, serving.RequestTimeout, deadline => ListAsync(http, deadline.Token));

    public Task AudioAsync(HttpContext http) => Deadline.AnswerAsync(http, serving.RequestTimeout, async deadline =>
    {
        var (segment, error) = await FindAsync(proposals, (string)http.Request.RouteValues["id"]!, deadline.Token);
        if (segment is null)
            return error;
        var file = WavFile.Of(segment.Samples.Span);
        (http.Response.ContentType, http.Response.ContentLength) = (AudioType, file.Length);
        await http.Response.Body.WriteAsync(file, deadline.Token);
        return null;
    });

    /// <summary>A segment that was proposed, or the error that says why it is not there.</summary>
    public static async Task<(StreamSegment? Segment, ApiError? Error)> FindAsync(
        LabelProposals proposals, string id, CancellationToken ct)
    {
        if (SegmentId.Parse(id) is not { } known)
            return (null, ApiError.Missing($"'{id}' is no segment: GET /admin/labels/next lists some", "segment_not_found"));
        try
        {
            return await proposals.FindAsync(known, ct) is { } segment ? (segment, null) : (null, ApiError.Missing(
                $"the segment '{id}' is no longer on the topic: GET /admin/labels/next lists others", "segment_not_found"));
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            return (null, Unread(e));
        }
    }

    async Task<ApiError?> ListAsync(HttpContext http, CancellationToken ct)
    {
        var (asked, line) = (http.Request.Query["minutes"].ToString(), http.Request.Query["line"].ToString());
        var minutes = asked.Length == 0 ? UsualMinutes
            : double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        if (minutes is not (> 0 and <= MaxMinutes))
            return ApiError.Invalid($"minutes is '{asked}': a number above 0, {MaxMinutes} at most", "minutes");
        line = line.Length == 0 ? ModelId.DefaultLine : line;
        if (!slots.Lines.Contains(line))
            return ApiError.Invalid($"there is no line '{line}'; there are {string.Join(", ", slots.Lines)}", "line");
        try
        {
            var found = await proposals.ProposeAsync(line, 60 * minutes, ct);
            if (found.Problem is { } problem)
                return ApiError.NotReady(problem) with { Code = "labels_not_indexed" };
            var body = new LabelProposalsBody("list", [.. found.Proposals.Select(Body)], line, Math.Round(found.ConsideredSeconds, 1),
                found.Proposals.Count > 0 ? null
                    : "the stream holds no segment that may be trained on, is not labelled and is short enough for these minutes");
            await ApiAnswer.WriteJsonAsync(http, body, AdminJson.Default.LabelProposalsBody);
            return null;
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            return Unread(e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException && !http.Response.HasStarted)
        {
            return ApiError.NotReady($"the registry cannot be read: {e.Message}") with { Code = "registry_unavailable" };
        }
    }

    static LabelProposalBody Body(Proposal proposal) => new(
        proposal.Segment.Id, Math.Round(proposal.Segment.Seconds, 2), Math.Round(proposal.Score, 3), proposal.Reason,
        proposal.Segment.Text, $"/admin/labels/next/{proposal.Segment.Id}/audio");

    static ApiError Unread(Exception e) =>
        ApiError.NotReady($"the stream cannot be read: {e.Message}") with { Code = "broker_unavailable" };
}
