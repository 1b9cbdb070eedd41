using Ssl.Learner;
using Ssl.Shared.Foundation.Hosting;
return await SslHost.GuardAsync(async () =>
{
    const int DefaultPort = 8082;
    var builder = SslHost.CreateBuilder(args, DefaultPort);
    builder.AddLearner();
    await using var app = builder.Build();
    app.MapSslDefaults();
    await app.RunAsync();
});
