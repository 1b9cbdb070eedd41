using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>Headers of every answer that keep browsers from guessing types, framing, and sending addresses on (OWASP's list).</summary>
static class SecurityHeaders
{
    const string NothingLoads = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    const string OnlyByTls = "max-age=31536000";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin"; // CORS is not concerned by it
            headers.ContentSecurityPolicy = headers.ContentSecurityPolicy.Count > 0 ? headers.ContentSecurityPolicy : NothingLoads;
            headers.CacheControl = headers.CacheControl.Count > 0 ? headers.CacheControl : "no-store";
            if (http.Request.IsHttps)
                headers.StrictTransportSecurity = OnlyByTls;
            return Task.CompletedTask;
        });
        return next(http);
    });
}
