using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ssl.TestKit;

/// <summary>A real S3 server on a free port of the loopback address, over a temporary folder; or the test is skipped.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string Key = "test";
    public const string Secret = "testsecret";
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder folder;
    readonly Process process;

    S3Server(TemporaryFolder folder, Process process, int port) => (this.folder, this.process, Port) = (folder, process, port);

    public int Port { get; }
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The objects of a bucket are files in it.</summary>
    public string Bucket(string name) => Directory.CreateDirectory(folder.File(name)).FullName;

    public static async Task<S3Server> StartAsync(CancellationToken ct)
    {
        var program = SharedFolder.S3Program();
        var folder = new TemporaryFolder();
        var port = LoopbackPort.Free();
        // disableotmp: an object is replaced by a rename, as S3 does it at once; else it is missing for a moment
        var start = new ProcessStartInfo(program, ["--port", $"127.0.0.1:{port}", "--quiet", "posix", "--disableotmp", folder.Path]);
        start.Environment["ROOT_ACCESS_KEY"] = Key;
        start.Environment["ROOT_SECRET_KEY"] = Secret;
        var server = new S3Server(folder, Process.Start(start)!, port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        while (!await AnswersAsync(port, limit.Token))
            await Task.Delay(50, limit.Token);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    static async Task<bool> AnswersAsync(int port, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
