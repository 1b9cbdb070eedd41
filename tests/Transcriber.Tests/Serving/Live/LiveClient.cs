using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Live;

/// <summary>A client of <c>/v1/realtime</c> over a real socket.</summary>
sealed class LiveClient : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    LiveClient() => limit.CancelAfter(Patience);

    public ClientWebSocket Socket { get; } = new();

    /// <summary>What the server has sent, in order.</summary>
    public List<JsonElement> Events { get; } = [];

    public IEnumerable<string> Types => Events.Select(TypeOf);

    public static async Task<LiveClient> ConnectAsync(
        TestServer server, string query = "intent=transcription", Action<ClientWebSocketOptions>? set = null)
    {
        var client = new LiveClient();
        set?.Invoke(client.Socket.Options);
        await client.OpenAsync(server, query);
        return client;
    }

    /// <summary>The code with which a connection is refused.</summary>
    public static async Task<int> RefusalAsync(
        TestServer server, string query = "intent=transcription", Action<ClientWebSocketOptions>? set = null)
    {
        using var client = new LiveClient();
        set?.Invoke(client.Socket.Options);
        client.Socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => client.OpenAsync(server, query));
        return (int)client.Socket.HttpStatusCode;
    }

    public Task SendAsync(object message) => SendTextAsync(JsonSerializer.Serialize(message));

    public Task SendTextAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text, bool ends = true) =>
        Socket.SendAsync(Encoding.UTF8.GetBytes(text), type, ends, limit.Token);

    /// <summary>Samples as the session's format has them.</summary>
    public Task AppendAsync(ReadOnlySpan<short> samples) => AppendAsync(MemoryMarshal.AsBytes(samples).ToArray());

    public Task AppendAsync(byte[] bytes) => SendAsync(new { type = "input_audio_buffer.append", audio = Convert.ToBase64String(bytes) });

    /// <summary>The present form, with what a test cares about.</summary>
    public Task UpdateAsync(object input, params string[] include) =>
        SendAsync(new { type = "session.update", session = new { type = "transcription", audio = new { input }, include } });

    /// <summary>Reads up to an event of this type, or null where the server closes first.</summary>
    public async Task<JsonElement?> FindAsync(string type)
    {
        while (await NextAsync() is { } next)
        {
            if (TypeOf(next) == type)
                return next;
        }
        return null;
    }

    public async Task<JsonElement> UntilAsync(string type) => await FindAsync(type)
        ?? throw new InvalidOperationException(
            $"no {type}, but {string.Join(", ", Types)}, then {Socket.CloseStatus} {Socket.CloseStatusDescription}");

    /// <summary>The next event; null: the server has closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        var (message, buffer) = (new MemoryStream(), new byte[4096]);
        ValueWebSocketReceiveResult part;
        do
        {
            part = await Socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        Events.Add(JsonDocument.Parse(message.ToArray()).RootElement);
        return Events[^1];
    }

    public Task CloseAsync() => Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", limit.Token);

    public static string TypeOf(JsonElement json) => json.GetProperty("type").GetString()!;

    Task OpenAsync(TestServer server, string query) => Socket.ConnectAsync(
        new UriBuilder(server.Client.BaseAddress!) { Scheme = "ws", Path = "v1/realtime", Query = query }.Uri, limit.Token);

    public void Dispose()
    {
        Socket.Dispose();
        limit.Dispose();
    }
}
