using Ssl.Ingest;
using Ssl.Shared.Foundation.Hosting;
return await SslHost.GuardAsync(async () =>
{
    var builder = SslHost.CreateBuilder(args, defaultPort: 8081);
    builder.AddIngest();
    await using var app = builder.Build();
    app.MapSslDefaults();
    await app.RunAsync();
});
