using System.Buffers;
using System.Net.WebSockets;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Reads whole messages. Not thread-safe.</summary>
sealed class MessageReader(WebSocket socket, int maxBytes)
{
    const int BlockBytes = 16 * 1024;
    const int MaxKeptBytes = 1024 * 1024; // a session does not hold on to the memory of its largest message

    ArrayBufferWriter<byte> buffer = new();

    /// <summary>The bytes are valid until the next call.</summary>
    /// <exception cref="WebSocketException">The client is gone.</exception>
    public async Task<ClientMessage> ReadAsync()
    {
        if (buffer.Capacity > MaxKeptBytes)
            buffer = new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(BlockBytes), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return new ClientMessage(MessageKind.Close, default);
            buffer.Advance(part.Count);
            if (buffer.WrittenCount > maxBytes)
                return new ClientMessage(MessageKind.Oversized, default);
            if (part.EndOfMessage)
                return new ClientMessage(
                    part.MessageType == WebSocketMessageType.Text ? MessageKind.Event : MessageKind.Binary, buffer.WrittenMemory);
        }
    }
}

/// <param name="Bytes">Of an event or a binary message.</param>
readonly record struct ClientMessage(MessageKind Kind, ReadOnlyMemory<byte> Bytes);

enum MessageKind { Event, Binary, Oversized, Close }
