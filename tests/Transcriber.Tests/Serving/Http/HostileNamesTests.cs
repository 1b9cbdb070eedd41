using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Prometheus;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Tests.Serving.Live;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Names that clients choose: they open no file (S4), and they are no label of a metric (S5).</summary>
public sealed class HostileNamesTests : IDisposable
{
    static readonly byte[] Short = TestAudio.Wav(new short[1600]);
    static readonly string Key = ApiKey.NewText();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_name_that_leads_out_of_a_folder_is_refused_on_every_path()
    {
        await using var server = await StartAsync();
        var root = Path.GetDirectoryName(server.RegistryPath)!;
        await File.WriteAllTextAsync(Path.Combine(root, "secret.txt"), Traversals.Secret, Ct);
        using (var first = await server.Client.PostAsync("admin/lines/ssl/unpin", null, Ct))
            Assert.Equal(HttpStatusCode.Conflict, first.StatusCode); // the registry has made its own files
        var before = Files(root);
        await Parallel.ForEachAsync(Traversals.All, AtATime(4), async (name, _) =>
        {
            var escaped = Uri.EscapeDataString(name);
            await RefusedAsync(server, () => Form("v1/audio/transcriptions", ("model", name)));
            await RefusedAsync(server, () => Form("v1/audio/embeddings", ("model", name)));
            await RefusedAsync(server, () => Form("v1/audio/embeddings", ("model", "encoder@" + name)));
            await RefusedAsync(server, () => Form($"admin/models/diff?a={escaped}&b=ssl"));
            await RefusedAsync(server, () => new HttpRequestMessage(HttpMethod.Get, $"v1/models/x{escaped}"));
            await RefusedAsync(server, () => new HttpRequestMessage(HttpMethod.Post, $"admin/models/x{escaped}/promote"));
            await RefusedAsync(server, () => new HttpRequestMessage(HttpMethod.Post, $"admin/models/x{escaped}/pin"));
            await RefusedAsync(server, () => new HttpRequestMessage(HttpMethod.Post, $"admin/lines/x{escaped}/unpin"));
            await RefusedAsync(server, () => new HttpRequestMessage(HttpMethod.Post, $"admin/lines/x{escaped}/rollback"));
            await RefusedAsync(server, () => Form("admin/labels", ("text", "a"), ("line", name)));
            using var realtime = await server.Client.GetAsync($"v1/realtime?model={escaped}", Ct);
            Assert.Equal(HttpStatusCode.UpgradeRequired, realtime.StatusCode);
        });
        Assert.Equal(404, await LiveClient.RefusalAsync(server, $"model={Uri.EscapeDataString("../secret.txt")}",
            o => o.SetRequestHeader("Authorization", $"Bearer {Key}")));
        Assert.Equal(before, Files(root));
    }

    [Fact]
    public async Task A_path_as_it_is_written_on_the_wire_opens_no_file()
    {
        await using var server = await StartAsync();
        foreach (var name in Traversals.All)
        {
            var path = new string([.. name.Where(c => c is > ' ' and < (char)127)]);
            foreach (var place in new[] { "/", "/v1/models/", "/admin/models/", "/health/", "/openapi/" })
            {
                var answer = await RawAsync(server, $"GET {place}{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                Assert.Matches("^HTTP/1.1 (200|307|308|400|401|403|404|405) ", answer); // 200: what is left of it names a path of ours
                Assert.DoesNotContain(Traversals.Secret, answer, StringComparison.Ordinal);
                Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_name_of_an_uploaded_file_is_not_used()
    {
        await using var server = await StartAsync();
        var root = Path.GetDirectoryName(server.RegistryPath)!;
        var before = Files(root);
        foreach (var name in Traversals.All.Where(n => n.All(c => c is >= ' ' and < (char)127 and not '"')))
        {
            var body = $"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nssl\r\n--b\r\n"
                + $"Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n";
            var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(body), .. Short, .. "\r\n--b--\r\n"u8]);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            using var answer = await server.PostAsync(content);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, name);
        }
        Assert.Equal(before, Files(root));
    }

    [Fact]
    public async Task Ten_thousand_random_methods_paths_models_and_agents_add_no_series()
    {
        const string marker = "zq"; // part of every random name; no series of ours has it
        await using var server = await StartAsync();
        var random = new Random(1);
        var requests = Enumerable.Range(0, 10_000).Select(_ => (Kind: random.Next(5), Name: $"{marker}{random.NextInt64():x}")).ToArray();
        await Parallel.ForEachAsync(requests, AtATime(8), async (asked, _) =>
        {
            using var request = asked.Kind switch
            {
                0 => new HttpRequestMessage(new HttpMethod(asked.Name.ToUpperInvariant()), "v1/models"),
                1 => new HttpRequestMessage(HttpMethod.Get, $"v1/{asked.Name}/{asked.Name}"),
                2 => new HttpRequestMessage(HttpMethod.Get, $"{asked.Name}"),
                3 => new HttpRequestMessage(HttpMethod.Get, $"v1/models/{asked.Name}"),
                _ => Form($"v1/audio/transcriptions?{asked.Name}", ("model", asked.Name), (asked.Name, asked.Name)),
            };
            request.Headers.TryAddWithoutValidation("User-Agent", $"{asked.Name}/{asked.Name}");
            request.Headers.TryAddWithoutValidation("Authorization", asked.Kind % 2 == 0 ? $"Bearer {asked.Name}" : $"Bearer {Key}");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"{asked.Name}");
            using var answer = await server.Client.SendAsync(request, Ct);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        });
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, Ct);
        var lines = Encoding.UTF8.GetString(text.ToArray()).Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains(marker, StringComparison.OrdinalIgnoreCase));
        string[] endpoints =
            ["models", "model", "transcriptions", "translations", "embeddings", "unknown", "unauthorized", "limited", "realtime"];
        var counted = lines.Where(l => l.StartsWith("ssl_transcriber_requests_total{", StringComparison.Ordinal))
            .Select(l => l.Split('"')).ToArray();
        Assert.NotEmpty(counted);
        Assert.All(counted, labels =>
            Assert.True(endpoints.Contains(labels[1]) || labels[1].StartsWith("admin_", StringComparison.Ordinal), labels[1]));
        Assert.All(counted, labels => Assert.Matches("^[1-5][0-9][0-9]$", labels[3]));
    }

    ParallelOptions AtATime(int requests) => new() { MaxDegreeOfParallelism = requests, CancellationToken = Ct };

    static async Task<TestServer> StartAsync()
    {
        var key = new ApiKeyOptions { Hash = Convert.ToHexString(ApiKey.Hash(Key)), Scopes = KeyScope.Admin | KeyScope.Transcribe };
        var server = await TestServer.StartAsync(new ServingOptions { Keys = new Dictionary<string, ApiKeyOptions> { ["ann"] = key } });
        server.Slot.Swap(new FakeModel(17).Model);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return server;
    }

    async Task RefusedAsync(TestServer server, Func<HttpRequestMessage> ask)
    {
        using var request = ask();
        using var answer = await server.Client.SendAsync(request, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True((int)answer.StatusCode is >= 400 and < 500 || answer.StatusCode == HttpStatusCode.ServiceUnavailable,
            $"{request.RequestUri}: {answer.StatusCode} {body}");
        Assert.DoesNotContain(Traversals.Secret, body, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", body, StringComparison.Ordinal);
    }

    static HttpRequestMessage Form(string path, params (string Name, string Value)[] fields)
    {
        var form = TestServer.Form(Short);
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
    }

    async Task<string> RawAsync(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(Ct);
    }

    static string[] Files(string root) => [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Order()];
}
