using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Ingest;

/// <summary>Puts Ingest into a host.</summary>
public static class IngestSetup
{
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.Services.AddValidatedOptions<IngestOptions>(builder.Configuration, IngestOptions.Section, IngestOptions.Moved);
        builder.Services.AddSingleton<IngestOutput>();
        builder.Services.AddSingleton<StreamLedger>();
        builder.Services.AddHostedService<IngestService>();
    }
}
