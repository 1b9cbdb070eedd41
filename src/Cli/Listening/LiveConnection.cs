using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Ssl.Cli.Listening;

/// <summary>
/// A live session with a running service (<c>/v1/realtime</c>): sends audio while it is spoken and reads events. A refusal or an early end
/// is an <see cref="IOException"/>.
/// </summary>
sealed class LiveConnection : IDisposable
{
    const string LastCommit = "last"; // refused where the last turn is over already
    const string Transcription = "conversation.item.input_audio_transcription.";
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LastTextLimit = TimeSpan.FromSeconds(60);

    readonly ClientWebSocket socket = new();
    readonly HashSet<string> open = []; // items that were committed and have no text yet
    bool allIsCommitted;

    public static async Task<LiveConnection> OpenAsync(Uri server, string model, string? key, CancellationToken ct)
    {
        var connection = new LiveConnection();
        connection.socket.Options.CollectHttpResponseDetails = true;
        if (key is { Length: > 0 })
            connection.socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        var path = new Uri(server, $"v1/realtime?intent=transcription&model={Uri.EscapeDataString(model)}");
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(ConnectLimit);
            var scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            await connection.socket.ConnectAsync(new UriBuilder(path) { Scheme = scheme }.Uri, limit.Token);
            return connection;
        }
        catch (Exception e) when (e is WebSocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            using (connection)
                throw new IOException(Refusal(connection.socket.HttpStatusCode, model) ?? $"the service cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Sends all audio, then waits for the last text. Cancelling ends the audio, not the waiting.</summary>
    /// <param name="onEvent">Called with every event, in order.</param>
    public async Task RunAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> audio, Action<JsonElement> onEvent, CancellationToken ct)
    {
        using var end = new CancellationTokenSource();
        var reading = ReadAsync(onEvent, end.Token);
        var sending = SendAsync(audio, end.Token, ct);
        await await Task.WhenAny(reading, sending); // a service that goes away ends the sending
        if (!reading.IsCompleted)
            end.CancelAfter(LastTextLimit);
        try
        {
            await reading;
            await sending;
        }
        catch (OperationCanceledException e) when (end.IsCancellationRequested)
        {
            throw new IOException("the last text did not come in time", e);
        }
        using var closing = new CancellationTokenSource(ConnectLimit);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", closing.Token);
    }

    public void Dispose() => socket.Dispose();

    async Task SendAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> audio, CancellationToken end, CancellationToken ct)
    {
        var input = new { format = new { type = "audio/pcm", rate = 16_000 } };
        string[] include = ["item.input_audio_transcription.partial"];
        await SendAsync(new { type = "session.update", session = new { type = "transcription", audio = new { input }, include } }, end);
        try
        {
            await foreach (var piece in audio.WithCancellation(ct))
                await SendAsync(new { type = "input_audio_buffer.append", audio = Convert.ToBase64String(piece.Span) }, end);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // what was said until now is still transcribed
        }
        await SendAsync(new { type = "input_audio_buffer.commit", event_id = LastCommit }, end);
        await SendAsync(new { type = "input_audio_buffer.clear" }, end); // its answer says that the commit was followed
    }

    async Task SendAsync<T>(T message, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        catch (WebSocketException e)
        {
            throw new IOException($"the service has gone: {e.Message}", e);
        }
    }

    /// <summary>Until all is committed and has its text.</summary>
    async Task ReadAsync(Action<JsonElement> onEvent, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        for (var length = 0; !allIsCommitted || open.Count > 0;)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, 2 * length);
            var part = await ReceiveAsync(buffer.AsMemory(length), ct);
            length += part.Count;
            if (!part.EndOfMessage)
                continue;
            using var json = JsonDocument.Parse(buffer.AsMemory(0, length));
            Follow(json.RootElement);
            onEvent(json.RootElement);
            length = 0;
        }
    }

    async Task<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            var part = await socket.ReceiveAsync(buffer, ct);
            return part.MessageType != WebSocketMessageType.Close ? part
                : throw new IOException($"the service has ended the session: {socket.CloseStatusDescription}");
        }
        catch (WebSocketException e)
        {
            throw new IOException($"the service has gone: {e.Message}", e);
        }
    }

    /// <exception cref="IOException">The service could not follow what was sent.</exception>
    void Follow(JsonElement json)
    {
        switch (json.GetProperty("type").GetString())
        {
            case "input_audio_buffer.committed":
                open.Add(json.GetProperty("item_id").GetString()!);
                break;
            case Transcription + "completed" or Transcription + "failed":
                open.Remove(json.GetProperty("item_id").GetString()!);
                break;
            case "input_audio_buffer.cleared":
                allIsCommitted = true;
                break;
            case "error" when json.GetProperty("error").GetProperty("event_id").GetString() != LastCommit:
                throw new IOException(json.GetProperty("error").GetProperty("message").GetString());
        }
    }

    static string? Refusal(HttpStatusCode code, string model) => code switch
    {
        0 => null,
        HttpStatusCode.NotFound => $"404: the service has no model '{model}', or no live sessions",
        HttpStatusCode.TooManyRequests => "429: too many live sessions are open; try again later",
        HttpStatusCode.ServiceUnavailable => "503: no recognizer has been trained yet, or the service is stopping; try again later",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"{(int)code}: the service wants a key: set SSL_API_KEY",
        _ => $"{(int)code}: the service has refused a live session",
    };
}
