using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Clients that hold connections and send next to nothing are cut off, and those beside them are served (S7).</summary>
public sealed class SlowClientTests : IDisposable
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    [Theory]
    [InlineData("")] // says nothing at all
    [InlineData("P")] // as HTTP/2 and as POST begin
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n")] // headers without end, a byte at a time
    [InlineData("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + "Content-Length: 100000\r\n\r\n")]
    public async Task A_slow_client_is_cut_off(string begins)
    {
        await using var server = await TestServer.StartAsync(
            settings: ["--Http:HeaderTimeout=00:00:02", "--Http:MinBytesPerSecond=100"]);
        server.Slot.Swap(new FakeModel(17).Model);
        using var slow = await ConnectAsync(server);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begins), Ct);
        var answer = new byte[64 * 1024];
        var reading = ReadToEndAsync();
        while (!reading.IsCompleted)
        {
            using var neighbour = await server.Client.GetAsync("v1/models", Ct);
            Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
            try
            {
                if (begins.Length > 1)
                    await slow.GetStream().WriteAsync("a"u8.ToArray(), Ct);
            }
            catch (IOException)
            {
                break; // cut off
            }
            await Task.WhenAny(reading, Task.Delay(200, Ct));
        }
        await reading;

        async Task ReadToEndAsync()
        {
            try
            {
                while (await slow.GetStream().ReadAsync(answer, Ct) > 0)
                {
                    // what it is told: 408
                }
            }
            catch (IOException)
            {
                // reset
            }
        }
    }

    [Fact]
    public async Task An_address_with_too_many_connections_gets_no_more_until_it_closes_one()
    {
        await using var server = await TestServer.StartAsync(settings: "--Http:MaxConnectionsPerAddress=4");
        var held = new List<TcpClient>();
        for (var i = 0; i < 4; i++)
            held.Add(await ConnectAsync(server, "127.0.0.2"));
        foreach (var client in held)
            Assert.True(await IsServedAsync(client));
        using (var fifth = await ConnectAsync(server, "127.0.0.2"))
            Assert.False(await IsServedAsync(fifth));
        using (var neighbour = await ConnectAsync(server, "127.0.0.3"))
            Assert.True(await IsServedAsync(neighbour));
        held[0].Dispose();
        while (true)
        {
            using var next = await ConnectAsync(server, "127.0.0.2");
            if (await IsServedAsync(next))
                break;
            await Task.Delay(20, Ct);
        }
        foreach (var client in held)
            client.Dispose();
    }

    [Fact]
    public async Task One_address_gets_a_quarter_of_the_connections_unless_a_setting_says_otherwise()
    {
        await using var server = await TestServer.StartAsync(settings: "--Http:MaxConnections=8");
        using var first = await ConnectAsync(server, "127.0.0.2");
        Assert.True(await IsServedAsync(first));
        using var second = await ConnectAsync(server, "127.0.0.2");
        Assert.True(await IsServedAsync(second));
        using var third = await ConnectAsync(server, "127.0.0.2");
        Assert.False(await IsServedAsync(third));
        using var neighbour = await ConnectAsync(server, "127.0.0.3");
        Assert.True(await IsServedAsync(neighbour));
    }

    [Fact]
    public async Task Connections_have_a_limit()
    {
        await using var server = await TestServer.StartAsync(settings: ["--Http:MaxConnections=2", "--Http:MaxConnectionsPerAddress=2"]);
        using var first = await ConnectAsync(server);
        Assert.True(await IsServedAsync(first));
        using var second = await ConnectAsync(server);
        Assert.True(await IsServedAsync(second));
        using var third = await ConnectAsync(server);
        Assert.False(await IsServedAsync(third));
    }

    async Task<TcpClient> ConnectAsync(TestServer server, string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Ct);
        return client;
    }

    /// <summary>Sends a request and leaves the connection open.</summary>
    async Task<bool> IsServedAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Ct);
            return await client.GetStream().ReadAsync(new byte[1024], Ct) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
