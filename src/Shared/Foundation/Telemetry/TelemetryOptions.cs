using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Foundation.Telemetry;

/// <summary>Options under <c>Telemetry</c>.</summary>
public sealed record TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Address of an OpenTelemetry collector that takes OTLP over HTTP (<c>http://collector:4318</c>); null: no traces. The variables
    /// <c>OTEL_*</c> of the SDK (sampler, headers, resource attributes) hold as well.
    /// </summary>
    [Url]
    public string? OtlpEndpoint { get; init; }

    /// <summary><c>Text</c>: a line for people; <c>Json</c>: an object a line, with the ids of the trace.</summary>
    public LogFormat Logs { get; init; } = LogFormat.Text;
}
