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

    [LoggerMessage(4003, LogLevel.Information, "No recognizer in the registry yet: requests get 503 until the first is trained")]
    public static partial void NothingServes(this ILogger logger);

    [LoggerMessage(4004, LogLevel.Error, "Request to {Endpoint} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception reason, string endpoint);

    [LoggerMessage(4005, LogLevel.Warning, "The registry cannot be read, the serving recognizer stays: {Reason}")]
    public static partial void RegistryUnreadable(this ILogger logger, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "Message {Offset} of {Topic} cannot be read: {Reason}")]
    public static partial void MessageUnreadable(this ILogger logger, string topic, long offset, string reason);
}
