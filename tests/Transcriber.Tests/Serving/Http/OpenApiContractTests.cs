using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Serving.Http;

public sealed partial class OpenApiContractTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_document_is_valid_and_names_every_path_field_and_answer()
    {
        await using var server = await TestServer.StartAsync();
        var json = await server.Client.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken);
        output.WriteLine(json);
        var read = OpenApiDocument.Parse(json);
        Assert.Empty(read.Diagnostic!.Errors);
        var paths = read.Document!.Paths;
        Assert.Equal(
            ["/v1/audio/embeddings", "/v1/audio/transcriptions", "/v1/audio/translations", "/v1/models", "/v1/models/{id}",
                "/v1/realtime"],
            paths.Keys.Where(p => p.StartsWith("/v1/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["/admin/labels", "/admin/labels/next", "/admin/labels/next/{id}/audio", "/admin/labels/{id}",
                "/admin/learning", "/admin/learning/pause", "/admin/learning/resume",
                "/admin/lines/{line}/history", "/admin/lines/{line}/rollback", "/admin/lines/{line}/unpin", "/admin/models",
                "/admin/models/diff", "/admin/models/{id}/pin", "/admin/models/{id}/promote"],
            paths.Keys.Where(p => p.StartsWith("/admin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.NotEmpty(paths["/admin/models"].Operations![HttpMethod.Get].Security!);
        Assert.Equal(["a", "b"], paths["/admin/models/diff"].Operations![HttpMethod.Post].Parameters!.Select(p => p.Name));
        var transcribe = paths["/v1/audio/transcriptions"].Operations![HttpMethod.Post];
        Assert.Equal(["200", "400", "401", "403", "404", "413", "429", "500", "503"],
            transcribe.Responses!.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("text/event-stream", transcribe.Responses["200"].Content!.Keys);
        var form = transcribe.RequestBody!.Content!["multipart/form-data"].Schema!;
        Assert.Equal(["file", "model"], form.Required!.Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string> { "response_format", "stream", "include[]", "timestamp_granularities[]" },
            form.Properties!.Keys.ToHashSet());
        var body = transcribe.Responses["200"].Content!["application/json"].Schema!;
        Assert.Superset(new HashSet<string> { "text", "words", "segments", "usage", "logprobs", "model_version" },
            body.Properties!.Keys.ToHashSet());
    }

    /// <summary>Paths that the documents name are answered, by the method and with the query that they give, and each is named.</summary>
    [Fact]
    public async Task Paths_of_the_documents_are_those_of_the_contract()
    {
        await using var server = await TestServer.StartAsync();
        var json = await server.Client.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken);
        var contract = OpenApiDocument.Parse(json).Document!.Paths;
        string[] all = [.. contract.Keys, "/metrics", "/health/live", "/health/ready", "/health/startup", "/openapi/v1.json"];
        var named = new List<string>();
        foreach (var (page, span) in Document.Pages.SelectMany(row => Document.Read(row.Data).Spans.Select(span => (row.Data, span))))
        {
            if (NamedPath().Match(span) is not { Success: true } match)
                continue;
            var path = match.Groups["path"].Value;
            named.Add(path);
            Assert.True(all.Any(p => p == path || p.StartsWith(path + "/", StringComparison.Ordinal)), $"{page}: there is no {span}");
            if (!match.Groups["method"].Success || !contract.TryGetValue(path, out var item))
                continue;
            Assert.True(item.Operations!.TryGetValue(HttpMethod.Parse(match.Groups["method"].Value), out var operation), $"{page}: {span}");
            foreach (var parameter in Parameter().Matches(match.Groups["query"].Value).Select(m => m.Groups[1].Value))
                Assert.Contains(parameter, operation.Parameters!.Select(p => p.Name));
        }
        // two of them stand behind others, without what both begin with
        string[] shortened = ["/admin/models/{id}/pin", "/admin/lines/{line}/rollback", "/admin/learning/resume"];
        Assert.Empty(all.Except(named).Except(shortened).Except(["/v1/audio/translations"]));
    }

    [GeneratedRegex(@"^((?<method>GET|POST|DELETE) )?(?<path>/(v1|admin|health|metrics|openapi)\b[^ ?]*)(\?(?<query>.*))?$")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"(?:^|&)(\w+)=")]
    private static partial Regex Parameter();
}
