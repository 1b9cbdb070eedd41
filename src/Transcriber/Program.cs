using Ssl.Shared.Foundation.Hosting;
using Ssl.Transcriber;
return await SslHost.GuardAsync(async () =>
{
    var builder = SslHost.CreateBuilder(args, defaultPort: 8080);
    builder.AddTranscriber();
    await using var app = builder.Build();
    app.MapSslDefaults();
    app.MapTranscriber();
    await app.RunAsync();
});
