using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Lets an error that lasts be logged every 30 s, not at every attempt: each error of each topic, so that none silences another.
/// Thread-safe.
/// </summary>
sealed class LastingErrors(TimeProvider clock)
{
    public static readonly TimeSpan SayAgainAfter = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<(ErrorCode Code, string Topic), long> said = new(); // codes and topics are few

    /// <param name="topic">That it is about; empty: the connection.</param>
    /// <returns>Whether it is to be logged now; of several threads at once one is told so.</returns>
    public bool IsDue(ErrorCode code, string topic)
    {
        var now = clock.GetTimestamp();
        while (!said.TryAdd((code, topic), now))
        {
            var last = said[(code, topic)];
            if (clock.GetElapsedTime(last, now) < SayAgainAfter)
                return false;
            if (said.TryUpdate((code, topic), now, last))
                return true;
        }
        return true;
    }
}
