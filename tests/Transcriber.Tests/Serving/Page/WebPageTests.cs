using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Page;

/// <summary>The page's files over a real socket; what they do in a browser is tested in Page.Tests.</summary>
public sealed partial class WebPageTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_that_the_page_names_is_there_with_its_type_and_may_run_nothing_foreign()
    {
        await using var server = await TestServer.StartAsync();
        var (seen, waiting) = (new HashSet<string>(), new Queue<string>(["/"]));
        while (waiting.TryDequeue(out var path))
        {
            if (!seen.Add(path))
                continue;
            using var answer = await server.Client.GetAsync(path, Ct);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
            Assert.Equal(path == "/" ? "text/html" : TypeOf(path), answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            foreach (Match name in Named().Matches(text))
                waiting.Enqueue("/page/" + name.Groups[1].Value);
            Assert.DoesNotMatch(Inline(), text);
        }
        Assert.Superset(new HashSet<string> { "/page/app.js", "/page/capture.js", "/page/style.css", "/page/icon.svg" }, seen);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/page/secret.js", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_that_it_is_still_the_same()
    {
        await using var server = await TestServer.StartAsync();
        using var first = await server.Client.GetAsync("/", Ct);
        Assert.True(first.Headers.CacheControl!.NoCache);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await server.Client.SendAsync(again, Ct);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var other = new HttpRequestMessage(HttpMethod.Head, "/");
        other.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\""));
        using var head = await server.Client.SendAsync(other, Ct);
        Assert.Equal((HttpStatusCode.OK, first.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("None", """{"transcribe":false,"metrics":false,"admin_is_off":true}""")]
    [InlineData("Admin", """{"transcribe":false,"metrics":false,"admin_is_off":false}""")]
    [InlineData("Transcribe, Metrics", """{"transcribe":true,"metrics":true,"admin_is_off":true}""")]
    public async Task What_needs_a_key_is_told_to_everybody_and_the_page_is_open_to_everybody(string names, string expected)
    {
        var scopes = Enum.Parse<KeyScope>(names);
        var key = new ApiKeyOptions { Hash = Convert.ToHexString(ApiKey.Hash(ApiKey.NewText())), Scopes = scopes };
        await using var server = await TestServer.StartAsync(new ServingOptions
        {
            Keys = scopes == KeyScope.None ? new Dictionary<string, ApiKeyOptions>()
                : new Dictionary<string, ApiKeyOptions> { ["ann"] = key },
        });
        Assert.Equal(expected, await server.Client.GetStringAsync("/page/keys", Ct));
        Assert.Contains("<title>", await server.Client.GetStringAsync("/", Ct), StringComparison.Ordinal);
    }

    static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".js" => "text/javascript",
        ".css" => "text/css",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"no file of this kind was expected: {path}"),
    };

    /// <summary>Files as HTML (<c>page/app.js</c>) and modules (<c>./api.js</c>) name them.</summary>
    [GeneratedRegex("""["'](?:page/|\./)([\w-]+\.\w+)["']""")]
    private static partial Regex Named();

    /// <summary>What the policy would forbid: scripts, styles and handlers in the text, and markup made of text.</summary>
    [GeneratedRegex("""<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+="|\.innerHTML\s*=(?!=)|insertAdjacentHTML|document\.write|eval\(""")]
    private static partial Regex Inline();
}
