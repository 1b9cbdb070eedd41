using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>A label of <c>/admin/labels</c>.</summary>
/// <param name="Seconds">Duration of the recording.</param>
/// <param name="Split"><c>train</c>, <c>gate</c> or <c>hidden</c>; null: not assigned (yet), or refused.</param>
/// <param name="Problem">Why it is not used; null: it is.</param>
/// <param name="Source"><c>topic</c> or <c>manifest</c>.</param>
sealed record LabelBody(
    string Id, string Object, string Line, string Text, string? Speaker, string? Domain, string? Split, double? Seconds, string? Problem,
    string Source)
{
    public static LabelBody Of(LabelEntry entry) => new(
        entry.Id, "label", entry.Line, entry.Text, entry.Speaker, entry.Domain, entry.Part?.ToString().ToLowerInvariant(), entry.Seconds,
        entry.Problem, entry.Source is null ? "manifest" : "topic");
}

/// <summary>A page of <c>GET /admin/labels</c>.</summary>
/// <param name="Total">Labels on all pages.</param>
sealed record LabelListBody(string Object, IReadOnlyList<LabelBody> Data, int Total, int Offset, bool HasMore);

/// <summary>Answer to a removal.</summary>
sealed record LabelRemovedBody(string Id, string Object, bool Deleted);
