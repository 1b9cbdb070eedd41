using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>How requests come in: protocol, chunks, encodings.</summary>
public sealed class ConnectionTests
{
    static readonly byte[] Second = TestAudio.Wav(new short[16_000]);
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Without_TLS_both_protocols_are_spoken_on_one_port(string version)
    {
        await using var server = await ServingAsync();
        for (var i = 0; i < 3; i++) // the second request on a connection as well
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions")
            {
                Version = Version.Parse(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = Form(),
            };
            using var response = await server.Client.SendAsync(request, Ct);
            Assert.Equal((HttpStatusCode.OK, request.Version), (response.StatusCode, response.Version));
        }
    }

    [Theory]
    [InlineData("PRI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0", 0)] // the preface in two packets, then empty settings
    [InlineData("P", "OST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", (byte)'H')]
    [InlineData("GET /v1/models HTTP/1.0\r\n", "\r\n", (byte)'H')]
    public async Task The_protocol_is_seen_by_the_first_bytes_however_they_come(string first, string second, byte answer)
    {
        await using var server = await ServingAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Ct);
        client.NoDelay = true;
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(first), Ct);
        await Task.Delay(50, Ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(second), Ct);
        Assert.Equal(answer, client.GetStream().ReadByte()); // a settings frame begins with the length, HTTP/1 with its name
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Chunks_and_Expect_100_continue(bool chunked, bool expects)
    {
        await using var server = await ServingAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = Form() };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = expects;
        using var response = await server.Client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_compressed_body_is_read(string encoding)
    {
        await using var server = await ServingAsync();
        using var response = await server.PostAsync(await CompressedAsync(encoding, Form()));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_compressed_body_is_limited_by_what_comes_out_and_an_unknown_encoding_is_named()
    {
        await using var server = await ServingAsync();
        var large = TestServer.Form(new byte[30_000_000]);
        large.Add(new StringContent("ssl"), "model");
        using var tooLarge = await server.PostAsync(await CompressedAsync("gzip", large));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        var form = Form();
        form.Headers.ContentEncoding.Add("zstd");
        using var unknown = await server.PostAsync(form);
        Assert.Contains("'zstd' is not read", (await TestServer.ErrorAsync(unknown)).Message);
    }

    [Theory]
    [InlineData("GET", "v1/audio/transcriptions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "v1/audio/transcriptions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "v1/models", HttpStatusCode.MethodNotAllowed)]
    [InlineData("HEAD", "v1/models", HttpStatusCode.OK)]
    [InlineData("GET", "v1/models/", HttpStatusCode.OK)]
    [InlineData("GET", "models", HttpStatusCode.OK)]
    [InlineData("POST", "audio/transcriptions", HttpStatusCode.BadRequest)]
    [InlineData("POST", "v1/audio/transcriptions/", HttpStatusCode.BadRequest)]
    [InlineData("GET", "v1/chat/completions", HttpStatusCode.NotFound)]
    public async Task A_path_or_method_that_is_a_little_off_is_served_or_named(string method, string path, HttpStatusCode status)
    {
        await using var server = await ServingAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await server.Client.SendAsync(request, Ct);
        Assert.Equal(status, response.StatusCode);
        if (status != HttpStatusCode.OK)
            Assert.NotEmpty((await TestServer.ErrorAsync(response)).Message);
    }

    static async Task<ByteArrayContent> CompressedAsync(string encoding, HttpContent content)
    {
        using var compressed = new MemoryStream();
        await using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
        })
            await content.CopyToAsync(stream, Ct);
        var body = new ByteArrayContent(compressed.ToArray());
        body.Headers.ContentType = content.Headers.ContentType;
        body.Headers.ContentEncoding.Add(encoding);
        return body;
    }

    static MultipartFormDataContent Form()
    {
        var form = TestServer.Form(Second);
        form.Add(new StringContent("ssl"), "model");
        return form;
    }

    static async Task<TestServer> ServingAsync()
    {
        var server = await TestServer.StartAsync();
        server.Slot.Swap(new FakeModel(17).Model);
        return server;
    }
}
