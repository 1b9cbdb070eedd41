namespace Ssl.Transcriber.Serving;

/// <summary>What the serving half logs (ids 4000 to 4099): one line for each event that an operator acts on.</summary>
static partial class ServingLog
{
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
    public static partial void StreamUnread(this ILogger logger, string reason);
}
