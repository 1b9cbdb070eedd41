using Ssl.Shared.Foundation.Hosting;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Paths that need a key, and the check before them.</summary>
static class KeyRequirement
{
    const string Bearer = "Bearer ";
    const string Subprotocol = "openai-insecure-api-key."; // of web pages, whose WebSockets cannot send Authorization
    const string MetricsLabel = "unauthorized"; // no endpoint was reached

    sealed record Needed(KeyScope Scope);

    /// <summary>The path, or all of a group, is answered only with a key of this scope where <see cref="KeyRing.IsNeeded"/>.</summary>
    public static T Needs<T>(this T path, KeyScope scope) where T : IEndpointConventionBuilder => path.WithMetadata(new Needed(scope));

    /// <summary>The scope that a path needs; null: none.</summary>
    public static KeyScope? ScopeOf(IList<object> metadata) => metadata.OfType<Needed>().LastOrDefault()?.Scope;

    /// <summary>The caller's key; null: none was sent, or one that nobody knows where none is needed.</summary>
    public static ApiKey? Key(this HttpContext http) => http.Features.Get<ApiKey>();

    /// <summary>Finds the caller's key.</summary>
    public static void UseKeyLookup(this WebApplication app)
    {
        var ring = app.Services.GetRequiredService<KeyRing>();
        app.Use((http, next) =>
        {
            if (Text(http.Request) is { } text && ring.Find(text) is { } key)
                http.Features.Set(key);
            return next(http);
        });
    }

    /// <summary>Refuses callers without the key that a path needs.</summary>
    public static void UseKeyCheck(this WebApplication app)
    {
        var ring = app.Services.GetRequiredService<KeyRing>();
        ServingMetrics.Answers(MetricsLabel, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);
        app.Use(async (http, next) =>
        {
            if (ScopeOf(http.GetEndpoint()) is not { } scope || !ring.IsNeeded(scope) || http.Key()?.Scopes.HasFlag(scope) == true)
            {
                await next(http);
                return;
            }
            var error = Refusal(ring, scope, http.Key(), isSent: Text(http.Request) is not null);
            if (error.Status == StatusCodes.Status401Unauthorized)
                http.Response.Headers.WWWAuthenticate = Bearer.TrimEnd();
            ServingMetrics.Answered(MetricsLabel, error.Status);
            await ApiAnswer.WriteErrorAsync(http, error);
        });
    }

    static ApiError Refusal(KeyRing ring, KeyScope scope, ApiKey? key, bool isSent)
    {
        var name = scope.ToString().ToLowerInvariant();
        if (scope == KeyScope.Admin && ring.AdminIsOff)
            return ApiError.Forbidden("the admin paths are off, because no key has the scope admin: "
                + "`ssl keys new NAME --scopes admin` makes one and prints the settings for it", "admin_disabled");
        if (key is not null)
            return ApiError.Forbidden($"the key '{key.Name}' lacks the scope {name}; an operator can add it", "missing_scope");
        return ApiError.NoKey(isSent ? $"the key is unknown or was revoked; this path needs one with the scope {name}"
            : $"this path needs a key with the scope {name}: send the header 'Authorization: Bearer KEY'");
    }

    /// <inheritdoc cref="ScopeOf(IList{object})"/>
    public static KeyScope? ScopeOf(Endpoint? endpoint) => endpoint switch
    {
        null => null,
        RouteEndpoint { RoutePattern.RawText: SslHost.MetricsPath } => KeyScope.Metrics,
        _ => endpoint.Metadata.GetMetadata<Needed>()?.Scope,
    };

    static string? Text(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return header[Bearer.Length..].Trim();
        return request.HttpContext.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(p => p.StartsWith(Subprotocol, StringComparison.Ordinal))?[Subprotocol.Length..];
    }
}
