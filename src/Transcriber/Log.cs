using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber;

/// <summary>
/// What the Transcriber logs: tuning (ids 4100 to 4199), serving (4000 to 4099). One class: the generator writes several in an order that
/// differs from build to build.
/// </summary>
static partial class Log
{
    [LoggerMessage(4100, LogLevel.Warning,
        "No labels yet, neither by Transcriber:Labels:ManifestPath nor on audio.labeled: nothing is fine-tuned until there are")]
    public static partial void NothingToLearnFrom(this ILogger logger);

    [LoggerMessage(4101, LogLevel.Warning, "Label left out: {Problem}")]
    static partial void LabelProblem(this ILogger logger, string problem);

    [LoggerMessage(4102, LogLevel.Warning, "And {Count} more labels left out")]
    static partial void MoreLabelProblems(this ILogger logger, int count);

    /// <summary>Each of the first twenty, and how many more there are.</summary>
    public static void LabelProblems(this ILogger logger, IReadOnlyCollection<string> problems)
    {
        const int named = 20;
        foreach (var problem in problems.Take(named))
            logger.LabelProblem(problem);
        if (problems.Count > named)
            logger.MoreLabelProblems(problems.Count - named);
    }

    [LoggerMessage(4103, LogLevel.Error, "The labelled set of line {Line} is unusable: {Reason}")]
    public static partial void LabelsUnusable(this ILogger logger, string line, string reason);

    [LoggerMessage(4104, LogLevel.Information,
        "Labels of line {Line}: {Train} recordings to train on ({TrainSeconds:0} s), {Gate} gate ({GateSeconds:0} s), {Hidden} hidden")]
    public static partial void LabelsRead(
        this ILogger logger, string line, int train, double trainSeconds, int gate, double gateSeconds, int hidden);

    [LoggerMessage(4108, LogLevel.Warning, "Label {Topic}/{Partition}/{Offset} ({Id}) is refused: {Reason}")]
    public static partial void LabelRefused(this ILogger logger, string topic, int partition, long offset, string id, string reason);

    [LoggerMessage(4131, LogLevel.Warning, "Label {Id} and others are kept until their line has settings: {Reason}")]
    public static partial void LabelsWait(this ILogger logger, string id, string reason);

    [LoggerMessage(4109, LogLevel.Warning, "The topic of labels cannot be read: {Reason}")]
    public static partial void LabelsUnread(this ILogger logger, string reason);

    [LoggerMessage(4105, LogLevel.Information, "This process fine-tunes now, with epoch {Epoch} in the registry")]
    public static partial void TermBegan(this ILogger logger, long epoch);

    [LoggerMessage(4106, LogLevel.Warning, "This process no longer fine-tunes: its partition of {Topic} was revoked; another takes over")]
    public static partial void TermLost(this ILogger logger, string topic);

    [LoggerMessage(4107, LogLevel.Warning, "Another process has fine-tuned on this registry; joining the group again: {Reason}")]
    public static partial void Superseded(this ILogger logger, string reason);

    [LoggerMessage(4110, LogLevel.Information,
        "Fine-tuning encoder {EncoderNumber} for line {Line} on {Recordings} recordings ({Seconds:0} s): {Updates} updates, in {Limit}")]
    public static partial void FineTuningStarted(
        this ILogger logger, int encoderNumber, string line, int recordings, double seconds, int updates, TimeSpan limit);

    [LoggerMessage(4111, LogLevel.Information,
        "Fine-tuned encoder {EncoderNumber}: {Updates} of {Planned} updates ({Ended}), {AudioSeconds:0} s of audio in {Seconds:0} s, "
        + "loss {Loss:0.000} a letter, on held-out labels {ValidationLoss}; waited {Core:0} s for a core ({By}), stopped for "
        + "{Stopped:0} s")]
    public static partial void FineTuned(this ILogger logger, int encoderNumber, int updates, int planned, FineTuningEnd ended,
        double audioSeconds, double seconds, double loss, string validationLoss, double core, string by, double stopped);

    [LoggerMessage(4115, LogLevel.Information,
        "Round of line {Line} on encoder {EncoderNumber}: {Updates} of {Planned} updates, loss {Loss:0.000} a letter, on held-out labels "
        + "{ValidationLoss}; {Core:P0} of the time it waited for a core ({By}); at this speed {Left:0} s are left")]
    public static partial void RoundProgress(this ILogger logger, string line, int encoderNumber, int updates, int planned, double loss,
        string validationLoss, double core, string by, double left);

    [LoggerMessage(4116, LogLevel.Information, "The round goes on after {Updates} updates; it was stopped for {Stopped:0} s")]
    public static partial void RoundResumed(this ILogger logger, int updates, double stopped);

    [LoggerMessage(4117, LogLevel.Information,
        "Round of line {Line} on encoder {EncoderNumber} is given up for encoder {Newer}: {Updates} of {Planned} updates were done")]
    public static partial void RoundOvertaken(
        this ILogger logger, string line, int encoderNumber, int newer, int updates, int planned);

    [LoggerMessage(4118, LogLevel.Warning,
        "The time of the round of line {Line} was over after {Updates} of {Planned} updates; {Core:P0} of it waited for a core "
        + "({By}): more cores, or a higher Transcriber:FineTuning:Budget (FirstBudget), let it learn more")]
    public static partial void RoundOutOfTime(this ILogger logger, string line, int updates, int planned, double core, string by);

    [LoggerMessage(4128, LogLevel.Warning, "The round cannot be saved; it goes on, and a kill would cost it: {Reason}")]
    public static partial void RoundUnsaved(this ILogger logger, string reason);

    [LoggerMessage(4130, LogLevel.Warning,
        "The files of an earlier round cannot be removed; until they can, a kill costs a whole round: {Reason}")]
    public static partial void RoundUncleared(this ILogger logger, string reason);

    [LoggerMessage(4119, LogLevel.Warning, "How far the round is cannot be written to the registry: {Reason}")]
    public static partial void RoundUnwritten(this ILogger logger, string reason);

    [LoggerMessage(4112, LogLevel.Error, "Encoder {Number} cannot be used: {Reason}")]
    public static partial void EncoderUnusable(this ILogger logger, int number, string reason);

    [LoggerMessage(4113, LogLevel.Information,
        "Recognizer {Number} made pseudo-labels for {Kept} of {Recordings} stream recordings, confidence {MinConfidence:0.00} or more")]
    public static partial void PseudoLabelled(this ILogger logger, int number, int kept, int recordings, double minConfidence);

    [LoggerMessage(4114, LogLevel.Warning, "Only {Segments} segments could be read for pseudo-labels: {Reason}")]
    public static partial void StreamUnread(this ILogger logger, int segments, string reason);

    [LoggerMessage(4120, LogLevel.Information,
        "Gate on recognizer {Number} (encoder {EncoderNumber}): {Verdict}; word error {WordErrorRate:0.000}")]
    public static partial void Judged(this ILogger logger, int number, int encoderNumber, string verdict, double wordErrorRate);

    [LoggerMessage(4121, LogLevel.Error, "The recognizer fine-tuned from encoder {EncoderNumber} was refused and not published: {Why}")]
    public static partial void Refused(this ILogger logger, int encoderNumber, string why);

    [LoggerMessage(4122, LogLevel.Error, "{Alias} is recognizer {Number}, which could not be announced: {Reason}")]
    public static partial void NotAnnounced(this ILogger logger, string alias, int number, string reason);

    [LoggerMessage(4123, LogLevel.Error, "Recognizer {Number} passed the gate and was not promoted: {Reason}")]
    public static partial void NotPromoted(this ILogger logger, int number, string reason);

    [LoggerMessage(4134, LogLevel.Information,
        "Recognizer {Number} passed the gate; it is promoted after {Recordings} live recordings in the shadow of recognizer {Champion}, or "
        + "{Limit}")]
    public static partial void InShadow(this ILogger logger, int number, int champion, TimeSpan limit, int recordings);

    [LoggerMessage(4124, LogLevel.Error, "Recognizer {Number} cannot be loaded for the comparison with candidates: {Reason}")]
    public static partial void ChampionUnusable(this ILogger logger, int number, string reason);

    [LoggerMessage(4127, LogLevel.Warning, "The list of labels in the registry cannot be brought up to date, the round goes on: {Reason}")]
    public static partial void LabelsUnlisted(this ILogger logger, string reason);

    [LoggerMessage(4126, LogLevel.Warning, "The registry cannot be read; moves of aliases are announced later: {Reason}")]
    public static partial void AliasesUnreadable(this ILogger logger, string reason);

    [LoggerMessage(4129, LogLevel.Warning, "models.recognizers cannot be read; removed aliases are announced later: {Reason}")]
    public static partial void AnnouncementsUnread(this ILogger logger, string reason);

    [LoggerMessage(4125, LogLevel.Information, "Recognizer {Number} is the champion now")]
    public static partial void Promoted(this ILogger logger, int number);

    [LoggerMessage(4000, LogLevel.Error, "Recognizer {Number} failed on a batch of {Pieces}")]
    public static partial void BatchFailed(this ILogger logger, Exception reason, int number, int pieces);

    [LoggerMessage(4001, LogLevel.Information, "Recognizer {Number} (encoder {EncoderNumber}) serves")]
    public static partial void Swapped(this ILogger logger, int number, int encoderNumber);

    [LoggerMessage(4002, LogLevel.Error, "Recognizer {Number} cannot serve: {Reason}")]
    public static partial void SwapFailed(this ILogger logger, int number, string reason);

    [LoggerMessage(4003, LogLevel.Information, "No recognizer in the registry yet: requests get 503 until there is one")]
    public static partial void NothingServes(this ILogger logger);

    [LoggerMessage(4004, LogLevel.Error, "Request to {Endpoint} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception reason, string endpoint);

    [LoggerMessage(4005, LogLevel.Warning, "The registry cannot be read, the present recognizer serves on: {Reason}")]
    public static partial void RegistryUnreadable(this ILogger logger, string reason);

    [LoggerMessage(4040, LogLevel.Error, "An utterance of a live session failed")]
    public static partial void UtteranceFailed(this ILogger logger, Exception reason);

    [LoggerMessage(4041, LogLevel.Error, "A live session failed")]
    public static partial void SessionFailed(this ILogger logger, Exception reason);

    [LoggerMessage(4030, LogLevel.Error, "Recognizer {Number} was withdrawn because of its live answers: {Why}; {Former} serves again")]
    public static partial void Withdrawn(this ILogger logger, int number, string why, int former);

    [LoggerMessage(4031, LogLevel.Error, "The live answers of recognizer {Number} are bad ({Why}), but it was not withdrawn: {Reason}")]
    public static partial void NotWithdrawn(this ILogger logger, int number, string why, string reason);

    [LoggerMessage(4022, LogLevel.Warning, "Candidate {Number} cannot answer its share of the requests: {Reason}")]
    public static partial void CandidateUnusable(this ILogger logger, int number, string reason);

    [LoggerMessage(4023, LogLevel.Warning, "Candidate {Number} could not be compared on a request: {Reason}")]
    public static partial void ShadowFailed(this ILogger logger, int number, string reason);

    [LoggerMessage(4020, LogLevel.Information, "The API keys are now: {Keys}")]
    public static partial void KeysChanged(this ILogger logger, string keys);

    [LoggerMessage(4024, LogLevel.Information, "The limits of callers without a key have changed")]
    public static partial void AnonymousLimitsChanged(this ILogger logger);

    [LoggerMessage(4021, LogLevel.Warning, "The API keys in the settings cannot be read, those before hold on: {Reason}")]
    public static partial void KeysUnreadable(this ILogger logger, string reason);

    [LoggerMessage(4025, LogLevel.Warning, "Whoever reaches {Address} may transcribe: no API key has the scope transcribe"
        + " (`ssl keys new NAME --scopes transcribe` makes one)")]
    public static partial void OpenToAll(this ILogger logger, string address);

    [LoggerMessage(4050, LogLevel.Warning, "The stream cannot be read for segments to label: {Reason}")]
    public static partial void SegmentsUnread(this ILogger logger, string reason);
}
