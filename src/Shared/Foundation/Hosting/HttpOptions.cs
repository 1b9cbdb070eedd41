using System.ComponentModel.DataAnnotations;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>Options under <c>Http</c>: of each service's server, which answers health, metrics and, in the Transcriber, requests.</summary>
public sealed record HttpOptions
{
    public const string Section = "Http";

    /// <summary>
    /// PEM file of the server's certificate, intermediate ones behind it. It is read again when it changes. Addresses in <c>Urls</c> then
    /// begin with <c>https://</c>.
    /// </summary>
    public string? Certificate { get; init; }
    /// <summary>PEM file of the certificate's private key, without a password; default: the key is in the certificate's file.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Connections at a time; more are closed.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 1000;
    /// <summary>
    /// Connections of one address (IPv6: of a /64 network) at a time, those of <c>TrustedProxies</c> excepted; default: a quarter of
    /// <c>MaxConnections</c>.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxConnectionsPerAddress { get; init; }
    /// <summary>A client that has not sent a request's headers after so long is cut off, also one that sends nothing at first.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>A connection without a request is closed after so long; a proxy in front should close its own sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);
    /// <summary>
    /// A client that sends its request, or takes its answer, more slowly is cut off: bytes a second, on average, from the fifth second
    /// on.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MinBytesPerSecond { get; init; } = 240;
    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> hold: addresses or networks (<c>10.0.0.0/8</c>), by commas.
    /// </summary>
    public string TrustedProxies { get; init; } = "";
}
