using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.ActiveLearning;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>
/// <c>/admin/labels</c>: publishes labels, corrections and removals to <c>audio.labeled</c>, and lists what the tuner made of them, which
/// is in the registry.
/// </summary>
sealed class LabelsEndpoint(
    KafkaClients clients, ModelRegistry registry, ServingSlots slots, LabelProposals proposals, UploadOptions upload,
    ServingOptions serving)
{
    const int MaxPage = 1000;
    const int UsualPage = 100;

    public Task AddAsync(HttpContext http) => Deadline.AnswerAsync(http, serving.RequestTimeout, deadline =>
        http.Request.HasJsonContentType() ? CorrectAsync(http, deadline.Token) : UploadAsync(http, deadline.Token));

    public Task RemoveAsync(HttpContext http) => Deadline.AnswerAsync(http, serving.RequestTimeout, deadline =>
        http.Request.RouteValues["id"] is string { Length: > 0 } id // a route leaves %2F as it is
            ? RemoveAsync(http, id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), deadline.Token)
            : Task.FromResult<ApiError?>(ApiError.Invalid("the path lacks the id of a label: DELETE /admin/labels/{id}", "id")));

    public Task ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (Number(query["offset"], 0, int.MaxValue) is not { } offset || Number(query["limit"], UsualPage, MaxPage) is not { } limit)
            return ApiAnswer.WriteErrorAsync(http, ApiError.Invalid($"offset and limit are numbers; limit is {MaxPage} at most", "limit"));
        var (line, split) = (query["line"].ToString(), query["split"].ToString());
        var all = LabelCatalogue.Read(registry).Labels.Select(LabelBody.Of)
            .Where(l => (line.Length == 0 || l.Line == line) && (split.Length == 0 || l.Split == split)).ToArray();
        LabelBody[] page = [.. all.Skip(offset).Take(limit)];
        var body = new LabelListBody("list", page, all.Length, offset, offset + page.Length < all.Length);
        return ApiAnswer.WriteJsonAsync(http, body, ApiJson.Default.LabelListBody);
    }

    async Task<ApiError?> UploadAsync(HttpContext http, CancellationToken ct)
    {
        var (read, error) = await TranscriptionForm.ReadFormAsync(http, upload, ct, other: "segment");
        if (read is null)
            return error;
        using var form = read;
        if (form.File is null)
            return await LabelSegmentAsync(http, form["segment"],
                new(form["id"], form["text"], form["line"], form["speaker"], form["domain"], form["split"]), ct);
        var type = TranscriptionForm.Hint(form.FileContentType);
        var limits = upload.Limits with { MaxSeconds = DecodeLimits.OfLabel.MaxSeconds, Truncated = DecodeLimits.OfLabel.Truncated };
        var audio = await AudioDecoder.DecodeAsync(form.File!.Value, type, limits, ct);
        if (!audio.Ok || audio.Samples.Length == 0)
            return ApiError.Invalid($"the file cannot be used: {(audio.Ok ? "it is empty" : audio.Detail)}", "file", "invalid_audio");
        return await PublishAsync(http, new AudioLabel
        {
            Id = form["id"] is { Length: > 0 } id ? id : AudioId.Of(audio.Samples),
            Audio = form.File!.Value.ToArray(), // the buffer goes back to its pool
            ContentType = type,
            Text = form["text"],
            Line = form["line"],
            Speaker = form["speaker"],
            Domain = form["domain"],
            Split = form["split"],
        }, audio.DurationSeconds, ct);
    }

    async Task<ApiError?> CorrectAsync(HttpContext http, CancellationToken ct)
    {
        LabelCorrection? asked;
        try
        {
            asked = await http.Request.ReadFromJsonAsync(ApiJson.Default.LabelCorrection, ct);
        }
        catch (JsonException e)
        {
            return ApiError.Invalid($"the JSON cannot be read: {e.Message}", null);
        }
        if (asked?.Segment is { Length: > 0 } segment)
            return await LabelSegmentAsync(http, segment, asked, ct);
        if (asked?.Id is not { Length: > 0 } id)
            return ApiError.Invalid("the field 'id' is missing: the label that is meant", "id");
        if (asked.Remove)
            return await RemoveAsync(http, id, ct);
        var entry = LabelCatalogue.Read(registry).Labels.LastOrDefault(l => l.Id == id);
        if (entry is null)
            return ApiError.Missing($"there is no label '{id}' yet; a label is listed seconds after it was published", "label_not_found");
        if (entry.Source is not { } source)
            return OfManifest(id);
        if (await Task.Run(() => Find(id, source, ct), ct) is not { } former)
            return ApiError.Missing($"the audio of '{id}' is no longer on {Topics.AudioLabeled}: send the file again with the new text",
                "audio_not_found");
        return await PublishAsync(http, new AudioLabel
        {
            Id = id,
            Audio = former.Value!,
            ContentType = former.Header(MessageHeaders.ContentType),
            Text = asked.Text ?? entry.Text,
            Line = asked.Line ?? entry.Line,
            Speaker = asked.Speaker ?? entry.Speaker,
            Domain = asked.Domain ?? entry.Domain,
            Split = asked.Split ?? former.Header(MessageHeaders.Split),
        }, entry.Seconds, ct);
    }

    /// <param name="id">Of a segment that was proposed.</param>
    async Task<ApiError?> LabelSegmentAsync(HttpContext http, string id, LabelCorrection asked, CancellationToken ct)
    {
        var (segment, error) = await LabelProposalsEndpoint.FindAsync(proposals, id, ct);
        if (segment is null)
            return error;
        error = await PublishAsync(http, new AudioLabel
        {
            Id = string.IsNullOrEmpty(asked.Id) ? segment.Id.Audio : asked.Id,
            Audio = WavFile.Of(segment.Samples.Span),
            ContentType = "audio/wav",
            Text = asked.Text ?? "",
            Line = asked.Line,
            Speaker = asked.Speaker,
            Domain = asked.Domain,
            Split = asked.Split,
        }, segment.Seconds, ct);
        if (error is null)
            proposals.Labelled(segment);
        return error;
    }

    async Task<ApiError?> PublishAsync(HttpContext http, AudioLabel label, double seconds, CancellationToken ct)
    {
        var line = string.IsNullOrEmpty(label.Line) ? ModelId.DefaultLine : label.Line;
        if (!label.Text.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit))
            return ApiError.Invalid("the field 'text' is missing or holds no letter", "text");
        if (!slots.Lines.Contains(line))
            return ApiError.Invalid($"there is no line '{line}'; there are {string.Join(", ", slots.Lines)}", "line");
        if (await TryDeliverAsync(LabelMessages.ToMessage(label), ct) is { } error)
            return error;
        var body = new LabelBody(label.Id, "label", line, label.Text, Text(label.Speaker), Text(label.Domain), Split: null,
            Math.Round(seconds, 2), Problem: null, "topic");
        await ApiAnswer.WriteJsonAsync(http, body, ApiJson.Default.LabelBody);
        return null;
    }

    async Task<ApiError?> RemoveAsync(HttpContext http, string id, CancellationToken ct)
    {
        if (LabelCatalogue.Read(registry).Labels.LastOrDefault(l => l.Id == id) is { Source: null })
            return OfManifest(id);
        if (await TryDeliverAsync(LabelMessages.Removal(id), ct) is { } error)
            return error;
        await ApiAnswer.WriteJsonAsync(http, new LabelRemovedBody(id, "label.deleted", true), ApiJson.Default.LabelRemovedBody);
        return null;
    }

    async Task<ApiError?> TryDeliverAsync(Message<byte[]?, byte[]?> message, CancellationToken ct)
    {
        try
        {
            await clients.DeliverAsync(Topics.AudioLabeled, message, ct);
            return null;
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (!e.Error.IsFatal)
        {
            return e.Error.Code == ErrorCode.MsgSizeTooLarge
                ? ApiError.Invalid($"the broker refuses a label of this size: {e.Error.Reason}", "file")
                : ApiError.NotReady($"the broker refuses the label: {e.Error.Reason}");
        }
    }

    /// <summary>The message that the tuner took the label from; null: it is gone, and the tuner alone has its audio.</summary>
    ConsumedMessage? Find(string id, StreamPosition source, CancellationToken ct)
    {
        using var topic = new TopicTail(clients, source.Topic);
        var held = topic.Partitions(ct).FirstOrDefault(p => p.Partition == source.Partition);
        if (source.Offset < held.First || source.Offset >= held.End) // of an empty partition both are 0
            return null;
        var found = topic.Read(new OffsetRange(source.Partition, source.Offset, source.Offset + 1), ct).FirstOrDefault();
        return found?.KeyText == id && found.Value is not null ? found : null;
    }

    static ApiError OfManifest(string id) =>
        ApiError.Invalid($"the label '{id}' is of a manifest: correct it there; it is read again before the next round", "id");

    static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    static int? Number(string? text, int usual, int max) => string.IsNullOrEmpty(text) ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max ? number : null;
}
