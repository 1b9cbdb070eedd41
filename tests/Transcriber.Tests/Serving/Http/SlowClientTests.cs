using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Clients that hold connections and send next to nothing are cut off, and those beside them are served (S7).</summary>
public sealed class SlowClientTests : IDisposable
{
    static readonly TimeSpan SpeakEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(3); // more than the second in which Kestrel looks at its limits

    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    [Theory]
    [InlineData("")] // says nothing at all
    [InlineData("P")] // as HTTP/2 and as POST begin
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n")] // headers without end, a byte at a time
    [InlineData("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + "Content-Length: 100000\r\n\r\n")]
    public async Task A_slow_client_is_cut_off_by_the_settings(string begins)
    {
        // Kestrel has limits of its own, by which an earlier client of a patient server would be cut off as well.
        await using var patientServer = await TestServer.StartAsync(
            settings: ["--Http:HeaderTimeout=00:10:00", "--Http:KeepAliveTimeout=00:10:00", "--Http:MinBytesPerSecond=1"]);
        await using var server = await TestServer.StartAsync(
            settings: ["--Http:HeaderTimeout=00:00:02", "--Http:MinBytesPerSecond=100"]);
        patientServer.Slot.Swap(new FakeModel(17).Model);
        server.Slot.Swap(new FakeModel(17).Model);
        using var patient = await ConnectAsync(patientServer);
        var patientCutOff = SpeakSlowlyAsync(patient, begins);
        await Task.Delay(HeadStart, Ct);
        using var slow = await ConnectAsync(server);
        var cutOff = SpeakSlowlyAsync(slow, begins);
        while (!cutOff.IsCompleted)
        {
            using var neighbour = await server.Client.GetAsync("v1/models", Ct);
            Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
            await Task.WhenAny(cutOff, Task.Delay(SpeakEvery, Ct));
        }
        await cutOff;
        Assert.False(patientCutOff.IsCompleted, "the client that was first is cut off too: by something else than the settings");
        patient.Close();
        await patientCutOff;
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
        Assert.False(await IsServedAsync(server, "127.0.0.2")); // the fifth
        using (var neighbour = await ConnectAsync(server, "127.0.0.3"))
            Assert.True(await IsServedAsync(neighbour));
        held[0].Dispose();
        while (!await IsServedAsync(server, "127.0.0.2"))
            await Task.Delay(20, Ct);
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
        Assert.False(await IsServedAsync(server, "127.0.0.2")); // the third
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
        Assert.False(await IsServedAsync(server, "127.0.0.1")); // the third
    }

    /// <summary>A byte now and then, until the server closes the connection.</summary>
    async Task SpeakSlowlyAsync(TcpClient client, string begins)
    {
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begins), Ct);
            var reading = ReadToEndAsync();
            while (!reading.IsCompleted)
            {
                if (begins.Length > 1)
                    await stream.WriteAsync("a"u8.ToArray(), Ct);
                await Task.WhenAny(reading, Task.Delay(SpeakEvery, Ct));
            }
            await reading;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // reset
        }

        async Task ReadToEndAsync()
        {
            var answer = new byte[64 * 1024];
            while (await stream.ReadAsync(answer, Ct) > 0)
            {
                // what it is told: 408
            }
        }
    }

    async Task<TcpClient> ConnectAsync(TestServer server, string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Ct);
        return client;
    }

    /// <summary>On a connection of its own, which a server that has enough of them may reset at once.</summary>
    async Task<bool> IsServedAsync(TestServer server, string from)
    {
        try
        {
            using var client = await ConnectAsync(server, from);
            return await IsServedAsync(client);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
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
