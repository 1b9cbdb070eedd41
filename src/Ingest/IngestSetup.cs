using Microsoft.Extensions.DependencyInjection.Extensions;
using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Ingest;

/// <summary>Puts Ingest into a host.</summary>
public static class IngestSetup
{
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        KnownSeries.Start(typeof(IngestMetrics));
        builder.Services.AddValidatedOptions<IngestOptions>(builder.Configuration, IngestOptions.Section, IngestOptions.Moved);
        builder.Services.TryAddSingleton<IngestStages>(); // tests bring their own
        builder.Services.AddSingleton<IngestOutput>().AddHostedService<IngestService>();
    }
}
