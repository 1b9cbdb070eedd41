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
    static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(30); // then Kestrel's own limits begin

    // What Kestrel itself sets where a connection has other protocols than its endpoint, after a TLS handshake. Not public: a test tells
    // when it is no longer there, and then HTTP/1.1 alone is spoken.
    static readonly Type? Protocols =
        typeof(KestrelServerOptions).Assembly.GetType("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature");

    public static void AcceptHttp2PriorKnowledge(this ListenOptions endpoint) => endpoint.Use(next => async connection =>
    {
        if (Protocols is not null && await BeginsWithPrefaceAsync(connection))
            connection.Features[Protocols] = Activator.CreateInstance(Protocols, HttpProtocols.Http2);
        await next(connection);
    });

    static async Task<bool> BeginsWithPrefaceAsync(ConnectionContext connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        limit.CancelAfter(MaxSilence);
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
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false; // Kestrel sees the same, or goes on waiting
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
