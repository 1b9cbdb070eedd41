using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Who may do what, over a real socket, with the keys in a file that is edited.</summary>
public sealed class ApiKeyTests : IDisposable
{
    const string Path = "v1/models";

    readonly TemporaryFolder folder = new();
    readonly RememberedLog log = new();
    readonly Dictionary<string, string> texts = [];

    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Without_keys_transcription_is_open_to_any_token_and_the_admin_paths_are_off()
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path, "sk-whatever")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "metrics")).StatusCode);
        using var off = await GetAsync(service, "admin/models", "sk-whatever");
        Assert.Equal(HttpStatusCode.Forbidden, off.StatusCode);
        var (message, _, _, code) = await TestServer.ErrorAsync(off);
        Assert.Equal("admin_disabled", code);
        Assert.Contains("ssl keys new", message);
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_say_and_nothing_else()
    {
        Write(("alice", KeyScope.Transcribe), ("bob", KeyScope.Admin | KeyScope.Metrics));
        await using var service = await StartAsync();
        using var none = await GetAsync(service, Path);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (none.StatusCode, none.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("invalid_api_key", (await TestServer.ErrorAsync(none)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service, Path, "sk-whatever")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service, "metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service, "admin/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path, texts["alice"])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "metrics", texts["bob"])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(service, "admin/nothing", texts["bob"])).StatusCode);
        using var lacking = await GetAsync(service, Path, texts["bob"]);
        Assert.Equal(HttpStatusCode.Forbidden, lacking.StatusCode);
        var (message, _, _, code) = await TestServer.ErrorAsync(lacking);
        Assert.Equal("missing_scope", code);
        Assert.Contains("'bob' lacks the scope transcribe", message);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "openapi/v1.json")).StatusCode);
    }

    [Fact]
    public async Task Keys_are_added_and_revoked_by_editing_the_file_and_a_half_written_file_changes_nothing()
    {
        Write(("alice", KeyScope.Transcribe));
        await using var service = await StartAsync();
        Write(("alice", KeyScope.Transcribe), ("bob", KeyScope.Transcribe));
        await BecomesAsync(service, texts["bob"], HttpStatusCode.OK);
        Write(("bob", KeyScope.Transcribe));
        await BecomesAsync(service, texts["alice"], HttpStatusCode.Unauthorized);
        File.WriteAllText(folder.File("appsettings.json"), """{ "Transcriber": { "Serving": { "Keys": { "bob": { "Hash": """);
        while (!log.Lines.Any(l => l.Contains("those before hold on", StringComparison.Ordinal)))
            await Task.Delay(100, limit.Token);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path, texts["bob"])).StatusCode);
        Write(); // the last key is revoked: nobody's service is opened to everybody by that
        await BecomesAsync(service, texts["bob"], HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service, Path)).StatusCode);
        Assert.All(texts.Values, text =>
        {
            var logged = string.Join('\n', log.Lines);
            Assert.DoesNotContain(text, logged, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(ApiKey.Hash(text)), logged, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task A_key_is_revoked_within_five_seconds_of_the_edit_and_so_are_its_live_sessions()
    {
        var clock = new FakeTimeProvider();
        Write(("alice", KeyScope.Transcribe), ("bob", KeyScope.Transcribe));
        await using var service = await StartAsync(clock);
        service.Services.GetRequiredService<ServingSlot>().Swap(new FakeModel(1).Model);
        Write(("alice", KeyScope.Transcribe), ("bob", KeyScope.Transcribe), ("carol", KeyScope.Transcribe));
        while ((await GetAsync(service, Path, texts["carol"])).StatusCode != HttpStatusCode.OK) // until the follower is under way
            clock.Advance(TimeSpan.FromSeconds(1));
        var address = new Uri(service.Urls.First().Replace("http", "ws", StringComparison.Ordinal) + "/v1/realtime");
        using var session = new ClientWebSocket();
        session.Options.SetRequestHeader("Authorization", $"Bearer {texts["alice"]}");
        await session.ConnectAsync(address, limit.Token);
        Write(("bob", KeyScope.Transcribe));
        clock.Advance(TimeSpan.FromSeconds(2.5));
        await BecomesAsync(service, texts["alice"], HttpStatusCode.Unauthorized); // the follower runs on another thread
        clock.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path, texts["bob"])).StatusCode);
        WebSocketReceiveResult received;
        do
            received = await session.ReceiveAsync(new byte[4096], limit.Token);
        while (received.MessageType != WebSocketMessageType.Close);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the key was revoked"), (session.CloseStatus, session.CloseStatusDescription));
    }

    [Theory]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("0.0.0.0", true, false)]
    [InlineData("127.0.0.1", false, false)]
    public async Task A_service_that_others_can_reach_warns_where_no_key_is_needed(string address, bool hasKey, bool isWarned)
    {
        if (hasKey)
            Write(("alice", KeyScope.Transcribe));
        await using var service = await StartAsync(address: address);
        Assert.Equal(isWarned, log.Lines.Any(l => l.Contains($"Whoever reaches http://{address}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Neither_a_key_nor_a_wrong_one_nor_a_hash_is_logged_at_any_level()
    {
        Write(("alice", KeyScope.Transcribe));
        await using var service = await StartAsync(level: LogLevel.Trace);
        var wrong = ApiKey.NewText();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, Path, texts["alice"])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service, Path, wrong)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(service, "admin/models", texts["alice"])).StatusCode);
        var logged = string.Join('\n', log.Lines);
        Assert.Contains("v1/models", logged, StringComparison.Ordinal);
        foreach (var secret in new[] { texts["alice"], wrong, Convert.ToHexString(ApiKey.Hash(texts["alice"])) })
            Assert.DoesNotContain(secret, logged, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_WebSocket_sends_its_key_as_a_subprotocol()
    {
        Write(("alice", KeyScope.Transcribe));
        await using var service = await StartAsync();
        var address = new Uri(service.Urls.First().Replace("http", "ws", StringComparison.Ordinal) + "/echo");
        using var refused = new ClientWebSocket();
        refused.Options.AddSubProtocol("realtime");
        refused.Options.AddSubProtocol("openai-insecure-api-key.sk-other");
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(address, TestContext.Current.CancellationToken));
        using var accepted = new ClientWebSocket();
        accepted.Options.AddSubProtocol("realtime");
        accepted.Options.AddSubProtocol($"openai-insecure-api-key.{texts["alice"]}");
        await accepted.ConnectAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal("realtime", accepted.SubProtocol);
    }

    [Theory]
    [InlineData("a b", "0", "1", "up to 64 letters")]
    [InlineData("alice", "ssl_the-key-itself", "Transcribe", "Keys:alice:Hash is not a SHA-256")]
    [InlineData("alice", "0", "None", "Scopes is empty")]
    public void A_wrong_key_is_named_and_not_repeated(string name, string hash, string scopes, string expected)
    {
        var options = new ApiKeyOptions { Hash = hash == "0" ? new string('0', 64) : hash, Scopes = Enum.Parse<KeyScope>(scopes) };
        var serving = new ServingOptions { Keys = new Dictionary<string, ApiKeyOptions> { [name] = options } };
        var refused = Assert.Throws<InvalidSettingException>(() => new KeySet(serving));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-key-itself", refused.Message, StringComparison.Ordinal);
    }

    void Write(params (string Name, KeyScope Scopes)[] keys)
    {
        foreach (var (name, _) in keys)
            texts.TryAdd(name, ApiKey.NewText());
        var all = keys.ToDictionary(k => k.Name,
            k => new { Hash = Convert.ToHexString(ApiKey.Hash(texts[k.Name])), Scopes = k.Scopes.ToString() });
        File.WriteAllText(folder.File("appsettings.json"),
            JsonSerializer.Serialize(new { Transcriber = new { Serving = new { Keys = all } } }));
    }

    /// <summary>What is added to a host for keys, in front of the contract's paths and a WebSocket.</summary>
    async Task<WebApplication> StartAsync(
        TimeProvider? clock = null, LogLevel level = LogLevel.Information, string address = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://{address}:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(level);
        builder.Configuration.SetBasePath(folder.Path).AddJsonFile("appsettings.json", optional: true);
        TestServer.AddServices(builder, folder, ValidatedOptions.Read<ServingOptions>(builder.Configuration, "Transcriber:Serving"));
        if (clock is not null)
            builder.Services.AddSingleton(clock); // the last one counts
        builder.Services.AddSingleton(new LiveSettings(builder.Configuration)).AddHostedService<KeyFollower>();
        var service = builder.Build();
        service.UseWebSockets();
        service.MapTranscriber();
        service.MapMetrics(SslHost.MetricsPath);
        service.MapGet("/echo", async (HttpContext http) => await http.WebSockets.AcceptWebSocketAsync("realtime"))
            .Needs(KeyScope.Transcribe);
        await service.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    static async Task<HttpResponseMessage> GetAsync(WebApplication service, string path, string? key = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await client.GetAsync(path, TestContext.Current.CancellationToken);
    }

    async Task BecomesAsync(WebApplication service, string key, HttpStatusCode expected)
    {
        while ((await GetAsync(service, Path, key)).StatusCode != expected)
            await Task.Delay(100, limit.Token);
    }
}
