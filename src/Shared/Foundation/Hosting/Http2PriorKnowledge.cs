using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>
/// HTTP/2 without TLS beside HTTP/1.1 on one port (RFC 9113, 3.3, "prior knowledge"). Where an endpoint allows both, Kestrel takes every
/// connection without TLS for HTTP/1.1 (dotnet/aspnetcore issue 56984), so the first bytes are looked at here.
/// </summary>
public static class Http2PriorKnowledge
{
    static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
    // What Kestrel itself sets where a connection has other protocols than its endpoint, after a TLS handshake. Not public: a test tells
    // when it is no longer there, and then HTTP/1.1 alone is spoken.
    static readonly Type? Protocols =
        typeof(KestrelServerOptions).Assembly.GetType("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature");

    /// <param name="maxSilence">A client that has sent nothing after so long is cut off; then Kestrel's own limits begin.</param>
    public static void AcceptHttp2PriorKnowledge(this ListenOptions endpoint, TimeSpan maxSilence) =>
        endpoint.Use(next => connection => ServeAsync(connection, next, maxSilence));

    static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan maxSilence)
    {
        var isHttp2 = await BeginsWithPrefaceAsync(connection, maxSilence);
        if (isHttp2 is null)
        {
            connection.Abort();
            return;
        }
        if (Protocols is not null && isHttp2.Value)
            connection.Features[Protocols] = Activator.CreateInstance(Protocols, HttpProtocols.Http2);
        await next(connection);
    }

    /// <summary>Null: the client is silent.</summary>
    static async Task<bool?> BeginsWithPrefaceAsync(ConnectionContext connection, TimeSpan maxSilence)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        limit.CancelAfter(maxSilence);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(limit.Token);
                var (matches, isWhole) = Compare(read.Buffer);
                var isDecided = !matches || isWhole || read.IsCompleted;
                input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
                if (isDecided)
                    return matches && isWhole;
            }
        }
        catch (OperationCanceledException) when (!connection.ConnectionClosed.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false; // Kestrel sees the same
        }
    }

    static (bool Matches, bool IsWhole) Compare(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, first.Length);
        buffer.Slice(0, length).CopyTo(first);
        return (Preface.AsSpan().StartsWith(first[..length]), length == Preface.Length);
    }
}
