using Ssl.Ingest.Delivery;
using Ssl.Shared.Hosting;

namespace Ssl.Ingest;

/// <summary>Puts Ingest into a host.</summary>
public static class IngestSetup
{
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        builder.AddSslDefaults();
        builder.Services.AddValidatedOptions<IngestOptions>(builder.Configuration, IngestOptions.Section);
        builder.Services.AddSingleton<IngestOutput>();
        builder.Services.AddHostedService<IngestService>();
    }
}
