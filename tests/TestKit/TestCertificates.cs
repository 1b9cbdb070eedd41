using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ssl.TestKit;

/// <summary>A certificate authority of the test with an intermediate one, which issues certificates for 127.0.0.1 and localhost.</summary>
public sealed class TestCertificates : IDisposable
{
    readonly X509Certificate2 intermediate;

    public TestCertificates()
    {
        Root = Make("CN=test root", null, Authority);
        intermediate = Make("CN=test intermediate", Root, Authority);
    }

    public X509Certificate2 Root { get; }

    /// <summary>What clients are to trust.</summary>
    public string RootPem => Root.ExportCertificatePem();

    /// <summary>The certificate with the intermediate one behind it, and its key (PKCS#8).</summary>
    public (string Certificates, string Key) Issue(string name)
    {
        using var issued = Make($"CN={name}", intermediate, request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
        });
        using var key = issued.GetECDsaPrivateKey()!;
        return ($"{issued.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose()
    {
        intermediate.Dispose();
        Root.Dispose();
    }

    static void Authority(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
    }

    static X509Certificate2 Make(string subject, X509Certificate2? issuer, Action<CertificateRequest> extend)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        extend(request);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        if (issuer is not null) // an issued one ends no later, begins no earlier
            (from, to) = (issuer.NotBefore, issuer.NotAfter);
        if (issuer is null)
            return request.CreateSelfSigned(from, to);
        using var certificate = request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
