using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Sends events one after the other. A client that takes none within the limit is cut off. Thread-safe.</summary>
sealed class Outbox(WebSocket socket, TimeSpan limit)
{
    const int Capacity = 128; // events; then whoever sends waits, and the client's own events are not read

    readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ValueTask SendAsync(string type, JsonObject fields, CancellationToken ct)
    {
        fields.Insert(0, "type", type);
        fields.Insert(1, "event_id", Ids.New("event"));
        return waiting.Writer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(fields, LiveJson.Default.JsonObject), ct);
    }

    /// <summary>Sends until <see cref="Close"/>, and then what waits.</summary>
    /// <exception cref="WebSocketException">The client is gone.</exception>
    /// <exception cref="OperationCanceledException">It reads nothing.</exception>
    public async Task RunAsync()
    {
        await foreach (var message in waiting.Reader.ReadAllAsync())
        {
            using var late = new CancellationTokenSource(limit);
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, late.Token);
        }
    }

    public void Close() => waiting.Writer.TryComplete();
}
