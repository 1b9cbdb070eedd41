using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Settings;
using IPNetwork = System.Net.IPNetwork;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>The server of a service: protocols, TLS, limits of connections, headers of every answer.</summary>
public static class HttpServer
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5); // before the rate of a body is judged

    /// <exception cref="InvalidSettingException">A setting under <c>Http</c> is wrong, or the certificate is unusable.</exception>
    public static void AddHttpServer(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var options = services.AddValidatedOptions<HttpOptions>(builder.Configuration, HttpOptions.Section);
        var proxies = Networks(options.TrustedProxies);
        CheckAddresses(options, builder.Configuration["Urls"] ?? "",
            isKestrelsOwn: builder.Configuration.GetSection("Kestrel").GetChildren().Any());
        var certificate = options.Certificate is null ? null : ServerCertificate.Load(options.Certificate, options.CertificateKey);
        if (certificate is not null)
            services.AddSingleton(certificate).AddHostedService<CertificateFollower>();
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null; // one trusted proxy may stand behind another
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxies)
                forwarded.KnownIPNetworks.Add(network);
        });
        services.AddOptions<KestrelServerOptions>().Configure<ILoggerFactory>((server, loggers) =>
        {
            Limit(server, options);
            var perAddress = options.MaxConnectionsPerAddress ?? (options.MaxConnections + 3) / 4; // a quarter, 1 at least
            var addresses = new AddressConnections(perAddress, proxies, loggers.CreateLogger(typeof(HttpServer)));
            server.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Use(addresses.Count);
                endpoint.AcceptHttp2PriorKnowledge(options.HeaderTimeout);
            });
            if (certificate is not null)
                server.ConfigureHttpsDefaults(certificate.Serve);
        });
    }

    /// <summary>Before every other middleware.</summary>
    public static void UseHttpServer(this WebApplication app)
    {
        if (Networks(app.Services.GetRequiredService<HttpOptions>().TrustedProxies).Length > 0) // without one ASP.NET trusts everybody
            app.UseForwardedHeaders();
        app.UseSecurityHeaders();
    }

    static void Limit(KestrelServerOptions server, HttpOptions options)
    {
        server.AddServerHeader = false;
        var limits = server.Limits;
        (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections) = (options.MaxConnections, options.MaxConnections);
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (options.HeaderTimeout, options.KeepAliveTimeout);
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, Grace);
    }

    static void CheckAddresses(HttpOptions options, string addresses, bool isKestrelsOwn)
    {
        var isSecure = addresses.Contains("https://", StringComparison.OrdinalIgnoreCase);
        if (options.Certificate is null && options.CertificateKey is not null)
            throw new InvalidSettingException($"{HttpOptions.Section}:{nameof(HttpOptions.CertificateKey)} is set, "
                + $"{HttpOptions.Section}:{nameof(HttpOptions.Certificate)} is not");
        if (options.Certificate is not null && addresses.Length > 0 && !isSecure)
            throw new InvalidSettingException($"Urls is '{addresses}': with {HttpOptions.Section}:{nameof(HttpOptions.Certificate)} "
                + "an address begins with https://");
        if (options.Certificate is null && isSecure && !isKestrelsOwn)
            throw new InvalidSettingException($"Urls is '{addresses}', but there is no certificate: "
                + $"{HttpOptions.Section}:{nameof(HttpOptions.Certificate)} names its PEM file");
    }

    static IPNetwork[] Networks(string list)
    {
        string[] parts = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return [.. parts.Select(part =>
            IPNetwork.TryParse(part, out var network) ? network
            : IPAddress.TryParse(part, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new InvalidSettingException($"{HttpOptions.Section}:{nameof(HttpOptions.TrustedProxies)}: '{part}' is neither an "
                + "address nor a network such as 10.0.0.0/8"))];
    }
}
