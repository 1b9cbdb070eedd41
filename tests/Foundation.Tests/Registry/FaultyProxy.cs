using System.Net;
using System.Net.Sockets;

namespace Ssl.Foundation.Tests.Registry;

/// <summary>Hands bytes on to a server on the loopback address, and breaks some connections.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    public enum Fault
    {
        CutShort, // an answer ends before its length
        Stalled, // an answer stands still
        Away, // connections are closed at once
    }

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly int server;
    Task accepting = Task.CompletedTask;
    Fault fault;
    long limit;
    int left;
    int broken;
    long passed;

    FaultyProxy(int server) => this.server = server;

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Connections that were broken.</summary>
    public int Broken => broken;

    /// <summary>Bytes of answers that were handed on.</summary>
    public long Passed => Interlocked.Read(ref passed);

    public static FaultyProxy Start(int server)
    {
        var proxy = new FaultyProxy(server);
        proxy.listener.Start();
        proxy.accepting = proxy.AcceptAsync();
        return proxy;
    }

    /// <summary>The next connections break once this many bytes have been answered on them.</summary>
    public void Break(Fault how, long afterBytes, int times) => (fault, limit, left) = (how, afterBytes, times);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = HandOnAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    async Task HandOnAsync(TcpClient client)
    {
        using (client)
        {
            if (fault == Fault.Away && TakeFault())
                return;
            using var upstream = new TcpClient();
            try
            {
                await upstream.ConnectAsync(IPAddress.Loopback, server, stop.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var (near, far) = (client.GetStream(), upstream.GetStream());
                await Task.WhenAny(near.CopyToAsync(far, ended.Token), AnswerAsync(far, near, ended.Token));
                await ended.CancelAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // one of the two has gone
            }
        }
    }

    async Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken ct)
    {
        var buffer = new byte[65_536];
        var answered = 0L;
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
        {
            if (answered + read > limit && limit > 0 && fault != Fault.Away && TakeFault())
            {
                if (fault == Fault.Stalled)
                    await Task.Delay(Timeout.Infinite, ct);
                return;
            }
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            answered += read;
            Interlocked.Add(ref passed, read);
        }
    }

    bool TakeFault()
    {
        if (Interlocked.Decrement(ref left) < 0)
            return false;
        Interlocked.Increment(ref broken);
        return true;
    }
}
