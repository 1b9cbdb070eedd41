using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Serving.Page;

/// <summary>
/// The web page at <c>/</c>: files that are embedded in the program, and <c>/page/keys</c>, which tells it what needs a key. The page
/// itself needs none; what it asks of other paths does.
/// </summary>
static class WebPage
{
    const string Start = "index.html";
    const string Folder = "page/"; // as in the names of the resources and in the paths

    // The page runs nothing and shows nothing that this service did not send; blobs are recordings that it has fetched with a key.
    const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    public static void Map(WebApplication app)
    {
        var types = new FileExtensionContentTypeProvider();
        foreach (var name in typeof(WebPage).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)))
        {
            var content = Read(name);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
            var type = types.TryGetContentType(name, out var found) ? $"{found}; charset=utf-8"
                : throw new InvalidOperationException($"no content type is known for {name}");
            app.MapMethods(name == Folder + Start ? "/" : $"/{name}", ["GET", "HEAD"], (HttpContext http) =>
            {
                Protect(http.Response.Headers);
                http.Response.Headers.CacheControl = "no-cache"; // asked for again by tag: after an update no old module meets a new one
                return Results.Bytes(content, type, entityTag: tag);
            }).ExcludeFromDescription();
        }
        app.MapGet("/page/keys", (HttpContext http, KeyRing ring) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return Results.Json(PageKeys.Of(ring), PageJson.Default.PageKeys);
        }).ExcludeFromDescription();
    }

    static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    static byte[] Read(string resource)
    {
        using var stream = typeof(WebPage).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
