using System.Text.Json;
using Microsoft.OpenApi;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>GET /openapi/v1.json</c>: the contract, generated from the mapped paths and the types that they read and write.</summary>
static class OpenApiContract
{
    const string KeyScheme = "key";

    public static void AddContract(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, ErrorJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(2, AdminJson.Default);
        });
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Version) = ("ssl transcription", "v1");
            document.Info.Description = "OpenAI's audio contract in front of recognizers that this service trains itself.";
            document.AddComponent(KeyScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" });
            return Task.CompletedTask;
        }).AddOperationTransformer((operation, context, _) =>
        {
            if (KeyRequirement.ScopeOf(context.Description.ActionDescriptor.EndpointMetadata) is not null)
                operation.Security = [new() { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
            return Task.CompletedTask;
        }));
    }

    /// <summary>The form that the path reads. Not as routing metadata: what is no form gets an error that says so.</summary>
    public static RouteHandlerBuilder ReadsForm<T>(this RouteHandlerBuilder path) =>
        path.AddOpenApiOperationTransformer(async (operation, context, ct) => operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(T), cancellationToken: ct) },
            },
        });

    /// <summary>Texts that the path reads of its query.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder path, params string[] names) =>
        path.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], .. names.Select(name => new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            })];
            return Task.CompletedTask;
        });

    /// <summary>What the path answers when it does not succeed.</summary>
    public static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder path, params int[] statusCodes)
    {
        foreach (var code in statusCodes)
            path.Produces<ErrorBody>(code);
        return path;
    }
}
