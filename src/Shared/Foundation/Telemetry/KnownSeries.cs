using System.Runtime.CompilerServices;
using System.Text.Json;
using Prometheus;

namespace Ssl.Shared.Foundation.Telemetry;

/// <summary>
/// Series that exist from the start of a process, counters at 0: Prometheus sees no increase where a series begins with its first event
/// (https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics).
/// </summary>
public static class KnownSeries
{
    /// <summary>Registers the collectors of a class of metrics now; else that happens when the first of them is used.</summary>
    public static void Start(Type metrics) => RuntimeHelpers.RunClassConstructor(metrics.TypeHandle);

    /// <param name="values">Of the only label.</param>
    public static Counter AtZero(this Counter counter, params IEnumerable<string> values)
    {
        foreach (var value in values)
            counter.WithLabels(value).Publish();
        return counter;
    }

    /// <inheritdoc cref="AtZero(Counter, IEnumerable{string})"/>
    public static Gauge AtZero(this Gauge gauge, params IEnumerable<string> values)
    {
        foreach (var value in values)
            gauge.WithLabels(value).Publish();
        return gauge;
    }

    /// <summary>Values of a label that an enumeration gives, in snake_case.</summary>
    public static IEnumerable<string> ValuesOf<T>() where T : struct, Enum =>
        Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
