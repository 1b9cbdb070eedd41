using Prometheus;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>All metrics of the server.</summary>
static class HttpMetrics
{
    public static readonly Gauge CertificateExpiry = Metrics.CreateGauge("ssl_http_certificate_expiry_timestamp_seconds",
        "When the certificate that is served ends.", new GaugeConfiguration { SuppressInitialValue = true });
}
