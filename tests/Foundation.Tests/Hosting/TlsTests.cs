using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Hosting;

/// <summary>TLS by settings, over real sockets, with files that are replaced under it.</summary>
public sealed class TlsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestCertificates authority = new();
    readonly RememberedLog log = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));

    CancellationToken Ct => limit.Token;
    string CertificatePath => folder.File("tls.crt");
    string KeyPath => folder.File("tls.key");

    public void Dispose()
    {
        limit.Dispose();
        log.Dispose();
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Both_protocols_are_spoken_by_TLS_and_the_intermediate_certificate_is_sent(string version)
    {
        Write("one");
        await using var app = await StartAsync();
        var (subject, answer) = await AskAsync(app, Version.Parse(version));
        Assert.Equal(("CN=one", Version.Parse(version)), (subject, answer.Version));
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.StartsWith("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Empty(answer.Headers.Server);
    }

    [Fact]
    public async Task A_new_certificate_serves_without_a_restart_and_an_unusable_one_leaves_the_one_before()
    {
        Write("one");
        await using var app = await StartAsync();
        Assert.Equal("CN=one", (await AskAsync(app)).Subject);
        Write("two");
        while ((await AskAsync(app)).Subject != "CN=two")
            await Task.Delay(100, Ct);
        File.WriteAllText(KeyPath, authority.Issue("another").Key);
        while (!log.Lines.Any(line => line.StartsWith("Warning 1203", StringComparison.Ordinal)))
            await Task.Delay(100, Ct);
        Assert.Equal("CN=two", (await AskAsync(app)).Subject);
        File.Delete(CertificatePath);
        while (log.Lines.Count(line => line.StartsWith("Warning 1203", StringComparison.Ordinal)) < 2)
            await Task.Delay(100, Ct);
        Assert.Equal("CN=two", (await AskAsync(app)).Subject);
        Write("three");
        while ((await AskAsync(app)).Subject != "CN=three")
            await Task.Delay(100, Ct);
    }

    [Fact]
    public async Task The_key_may_be_in_the_file_of_the_certificate()
    {
        var (certificates, key) = authority.Issue("both");
        File.WriteAllText(CertificatePath, certificates + key);
        await using var app = await StartAsync($"--Http:Certificate={CertificatePath}");
        Assert.Equal("CN=both", (await AskAsync(app)).Subject);
    }

    [Fact]
    public void What_is_wrong_at_the_start_is_named()
    {
        Write("one");
        var (_, otherKey) = authority.Issue("other");
        File.WriteAllText(folder.File("other.key"), otherKey);
        File.WriteAllText(folder.File("text"), "no certificate");
        string certificate = $"--Http:Certificate={CertificatePath}", key = $"--Http:CertificateKey={KeyPath}";
        Refuses($"Http:Certificate '{folder.File("none.crt")}'", $"--Http:Certificate={folder.File("none.crt")}", key);
        Refuses($"Http:CertificateKey '{folder.File("none.key")}'", certificate, $"--Http:CertificateKey={folder.File("none.key")}");
        Refuses($"Http:CertificateKey '{folder.File("other.key")}'", certificate, $"--Http:CertificateKey={folder.File("other.key")}");
        Refuses($"Http:Certificate '{folder.File("text")}'", $"--Http:Certificate={folder.File("text")}", key);
        Refuses("there is no certificate: Http:Certificate names its PEM file");
        Refuses("with Http:Certificate an address begins with https://", certificate, key, "--Urls=http://127.0.0.1:0");
        Refuses("Http:Certificate is not", key);
        Refuses("'ten' is neither an address nor a network", certificate, key, "--Http:TrustedProxies=ten");
    }

    void Refuses(string expected, params string[] settings) =>
        Assert.Contains(expected, Assert.Throws<InvalidSettingException>(() => Builder(settings)).Message, StringComparison.Ordinal);

    void Write(string name)
    {
        var (certificates, key) = authority.Issue(name);
        File.WriteAllText(CertificatePath, certificates);
        File.WriteAllText(KeyPath, key);
    }

    WebApplicationBuilder Builder(params string[] settings)
    {
        var builder = SslHost.CreateBuilder(
            ["--Kafka:BootstrapServers=127.0.0.1:1", $"--Registry:Path={folder.Path}", "--Urls=https://127.0.0.1:0", .. settings], 0);
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddSslDefaults();
        return builder;
    }

    async Task<WebApplication> StartAsync(params string[] settings)
    {
        var app = Builder(settings.Length > 0 ? settings
            : [$"--Http:Certificate={CertificatePath}", $"--Http:CertificateKey={KeyPath}"]).Build();
        app.MapSslDefaults();
        await app.StartAsync(Ct);
        return app;
    }

    /// <summary>On a connection of its own, as a client that knows the root alone.</summary>
    async Task<(string Subject, HttpResponseMessage Answer)> AskAsync(WebApplication app, Version? version = null)
    {
        var subject = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority.Root },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    subject = certificate!.Subject;
                    return errors == SslPolicyErrors.None;
                },
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.Single()), "health/live"))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var answer = await http.SendAsync(request, Ct);
        return (subject, answer);
    }
}
