using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>Looks every two seconds whether the certificate's files have changed.</summary>
sealed class CertificateFollower(ServerCertificate certificate, TimeProvider clock, ILogger<CertificateFollower> logger) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2); // not every file system tells of changes

    string problem = ""; // logged once, not at every look

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Tell();
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (certificate.TryReload(out var fault))
            {
                Tell();
                problem = "";
            }
            else if (fault is not null && fault != problem)
                logger.CertificateUnusable(problem = fault);
        }
    }

    void Tell()
    {
        HttpMetrics.CertificateExpiry.SetToTimeUtc(certificate.Current.NotAfter);
        logger.CertificateServes(certificate.Current.Subject, certificate.Current.NotAfter.ToUniversalTime());
    }
}
