using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Tries the work on one record three times, whatever it throws: one record must not stop a service that would read it again after
/// every restart.
/// </summary>
public static class Attempts
{
    public const int Max = 3;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Null once the work has succeeded, else what the third attempt threw. A failure that the next record would meet as well is thrown:
    /// the broker, a library that is not installed, the end of the service.
    /// </summary>
    /// <param name="isOutside">What else is no fault of the record.</param>
    public static async Task<Exception?> RunAsync(Func<Task> work, CancellationToken ct, Func<Exception, bool>? isOutside = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return null;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && !IsOutside(e) && isOutside?.Invoke(e) != true)
            {
                if (attempt == Max)
                    return e;
            }
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>
    /// Work on an announcement: what still fails is logged with its offset, counted (<c>ssl_kafka_passed_over_total</c>) and passed over.
    /// </summary>
    public static async Task OrPassOverAsync(
        ConsumedMessage message, Action work, ILogger logger, CancellationToken ct, Func<Exception, bool>? isOutside = null)
    {
        if (await RunAsync(() => { work(); return Task.CompletedTask; }, ct, isOutside) is { } failure)
            PassOver(message, failure.Message, logger);
    }

    /// <summary>The announcement cannot be read.</summary>
    public static void PassOver(ConsumedMessage message, string reason, ILogger logger)
    {
        KafkaMetrics.PassedOver.WithLabels(message.Topic).Inc();
        Log.PassedOver(logger, message.Topic, message.Partition, message.Offset, reason);
    }

    /// <summary>The broker refuses this one record, not the topic or the client.</summary>
    internal static bool IsOfRecord(ErrorCode code) => code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg
        or ErrorCode.InvalidMsgSize or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp;

    static bool IsOutside(Exception e) =>
        e is DllNotFoundException || (e is KafkaException kafka && !IsOfRecord(kafka.Error.Code));
}
