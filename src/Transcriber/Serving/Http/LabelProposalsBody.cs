namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer of <c>GET /admin/labels/next</c>.</summary>
/// <param name="Data">Best first.</param>
/// <param name="ConsideredSeconds">Audio of the stream that they were chosen from.</param>
/// <param name="Note">Why there is none; absent: there are some.</param>
sealed record LabelProposalsBody(
    string Object, IReadOnlyList<LabelProposalBody> Data, string Line, double ConsideredSeconds, string? Note);

/// <summary>A segment of the stream that is worth a label.</summary>
/// <param name="Id">Field <c>segment</c> of <c>POST /admin/labels</c>.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Reason">Why it was chosen, for people.</param>
/// <param name="Text">By the champion; empty: it hears nothing, or there is none yet.</param>
/// <param name="AudioUrl">Path of its WAV; needs the key too.</param>
sealed record LabelProposalBody(string Id, double DurationSeconds, double Score, string Reason, string Text, string AudioUrl);
