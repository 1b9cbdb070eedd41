using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answer of <c>GET /admin/models</c>.</summary>
/// <param name="Data">Versions, newest first.</param>
sealed record AdminModelsBody(string Object, IReadOnlyList<AdminModelBody> Data, IReadOnlyList<AdminLineBody> Lines);

/// <param name="Id">As <c>promote</c>, <c>pin</c> and requests name it.</param>
/// <param name="Parent">The version that it was compared with.</param>
/// <param name="Health">The gate's verdict in words.</param>
/// <param name="Serves">This process answers requests for a line's champion with it.</param>
/// <param name="Aliases">Names that stand for it, with a line's name before those of other lines.</param>
/// <param name="Shadow">How its texts differ from the champion's on live requests.</param>
/// <param name="Gate">How it was judged; null: by no gate (an import).</param>
sealed record AdminModelBody(
    string Id, int Version, int EncoderVersion, int? Parent, DateTimeOffset Created, double? Cer, double? Wer, string Health, bool Serves,
    IReadOnlyList<string> Aliases, ShadowBody? Shadow, AdminGateBody? Gate);

/// <param name="Held">Why a better one is not promoted by the gate, or was withdrawn.</param>
/// <param name="Sets">Error rates and intervals on the gate set, the hidden set, and by speaker and domain.</param>
sealed record AdminGateBody(string Verdict, IReadOnlyList<string> Reasons, string? Held, IReadOnlyList<GateFigures> Sets)
{
    /// <param name="withdrawn">The mark of a version that live audio spoke against; null: there is none.</param>
    public static AdminGateBody Of(GateReport report, AliasEntry? withdrawn) =>
        new(report.Verdict, report.Reasons, report.Held ?? withdrawn?.Why, report.Sets);
}

/// <param name="WordError">0 and up, the champion's texts taken for true.</param>
/// <param name="Empty">Requests in which the champion wrote words and this version none.</param>
sealed record ShadowBody(int Champion, long Requests, double AudioSeconds, double WordError, long Empty);

/// <param name="Pin">Who pinned the champion, when and why; null: it is not pinned.</param>
sealed record AdminLineBody(string Line, int? Champion, int? Previous, int? Candidate, PinBody? Pin);

sealed record PinBody(int Version, string Who, DateTimeOffset When, string Why);

/// <summary>What a lever did.</summary>
/// <param name="Version">The champion now.</param>
sealed record LeverBody(string Line, int Version, string Message);

/// <summary>Answer of <c>GET /admin/lines/{line}/history</c>.</summary>
sealed record HistoryBody(string Object, IReadOnlyList<AliasRecord> Data);

/// <summary>Whether Learner and tuner work, and who said so last.</summary>
/// <param name="Round">The round that runs, or the last one; null: there was none.</param>
sealed record LearningBody(bool Paused, string? Who, DateTimeOffset? When, string? Why, RoundStatus? Round);
