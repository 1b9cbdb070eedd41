using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Cli.Tests.Commands;

/// <summary>The commands of the documents, typed at a terminal beside a running <c>ssl up</c>.</summary>
public sealed class UserSessionTests : IDisposable
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ssl.dll");

    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));
    readonly string key = ApiKey.NewText();
    readonly Uri address = new($"http://127.0.0.1:{FreePort()}");

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Each_command_of_a_user_does_its_work()
    {
        UntrainedVersions.Publish(folder.File("data/registry"), count: 2);
        File.WriteAllBytes(folder.File("call.wav"), TestAudio.Wav(TestAudio.Bursts(3)));
        File.WriteAllText(folder.File("broken.wav"), "this is no audio");
        using var up = Start("up", $"--Urls={address}", "--Learner:Replay:CapacityBytes=16777216",
            "--Transcriber:Serving:Keys:ann:Scopes=Admin",
            $"--Transcriber:Serving:Keys:ann:Hash={Convert.ToHexStringLower(ApiKey.Hash(key))}");
        _ = up.StandardOutput.ReadToEndAsync();
        _ = up.StandardError.ReadToEndAsync();
        try
        {
            Assert.Contains("\"Hash\"", await RunAsync("keys", "new", "bob", "--scopes", "transcribe,admin"), StringComparison.Ordinal);
            await UntilReadyAsync();
            Assert.Contains("ssl@2", await RunAsync("models"), StringComparison.Ordinal);
            await RunAsync("transcribe", "call.wav");
            await RunAsync("transcribe", "--model", "ssl@2", "call.wav");
            await RunAsync("listen", "call.wav");
            await RunAsync("publish", "call.wav", "broken.wav");
            await UntilAsync("the broken one is refused", "audio.raw.dlq/0/0", "dlq", "list");
            Assert.Contains("content_type_mismatch", await RunAsync("dlq", "show", "audio.raw.dlq/0/0"), StringComparison.Ordinal);
            await RunAsync("dlq", "replay");
            await UntilAsync("it is refused again", "audio.raw.dlq/0/1", "dlq", "list");
            await RunAsync("label", "call.wav", "--text", "a b c", "--id", "mine");
            await UntilAsync("labels are indexed", "", "labels", "next", "--minutes", "1");
            await RunAsync("label", "--remove", "mine");
            await RunAsync("learning", "pause", "--why", "a test");
            await RunAsync("learning", "resume");
            await RunAsync("models", "export", "ssl", "exported");
            Assert.Contains("ssl@3", await RunAsync("models", "import", "exported"), StringComparison.Ordinal);
            Assert.Contains("champion", await RunAsync("models", "history"), StringComparison.Ordinal);
        }
        finally
        {
            up.Kill(entireProcessTree: true);
            await up.WaitForExitAsync(CancellationToken.None);
        }
    }

    async Task UntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = address };
        while (true)
        {
            try
            {
                if ((await http.GetAsync("health/ready", limit.Token)).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // it does not listen yet
            }
            await Task.Delay(200, limit.Token);
        }
    }

    /// <param name="printed">With exit code 0.</param>
    async Task UntilAsync(string what, string printed, params string[] arguments)
    {
        while (true)
        {
            var (output, exitCode) = await TryAsync(arguments);
            if (exitCode == 0 && output.Contains(printed, StringComparison.Ordinal))
                return;
            Assert.False(limit.IsCancellationRequested, $"in time there was not: {what}\n{output}");
            await Task.Delay(500, CancellationToken.None);
        }
    }

    async Task<string> RunAsync(params string[] arguments)
    {
        var (output, exitCode) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"ssl {string.Join(' ', arguments)}: {exitCode}\n{output}");
        return output;
    }

    async Task<(string Output, int ExitCode)> TryAsync(string[] arguments)
    {
        using var process = Start(arguments);
        var (errors, output) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        var printed = await output + await errors;
        TestContext.Current.TestOutputHelper?.WriteLine($"$ ssl {string.Join(' ', arguments)}\n{printed}");
        return (printed, process.ExitCode);
    }

    Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        (start.Environment["SSL_SERVER"], start.Environment["SSL_API_KEY"]) = ($"{address}", key);
        return Process.Start(start)!;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
