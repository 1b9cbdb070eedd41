using System.Diagnostics;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Cli.Tests.Commands;

/// <summary>The commands of the documents, typed at a terminal beside a running <c>ssl up</c>.</summary>
public sealed class UserSessionTests : IDisposable
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ssl.dll");

    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(15)); // two dozen starts of a program
    readonly string key = ApiKey.NewText();
    Uri? address; // of the service, once it is ready

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
        await using var up = new UpProcess(Start("up", UpProcess.AnyPort, "--Learner:Replay:CapacityBytes=16777216",
            "--Transcriber:Serving:Keys:ann:Scopes=Admin",
            $"--Transcriber:Serving:Keys:ann:Hash={Convert.ToHexStringLower(ApiKey.Hash(key))}"));
        try
        {
            await AssertPrintsAsync("\"Hash\"", "keys", "new", "bob", "--scopes", "transcribe,admin");
            address = await up.UntilReadyAsync(limit.Token);
            await AssertPrintsAsync("ssl@2", "models");
            await AssertPrintsAsync("# call.wav: recognizer 1, encoder 1", "transcribe", "call.wav");
            await AssertPrintsAsync("# call.wav: recognizer 2, encoder 1", "transcribe", "--model", "ssl@2", "call.wav");
            await AssertPrintsAsync("input_audio_transcription.completed", "listen", "--json", "call.wav");
            await AssertPrintsAsync("published 2 files to audio.raw on 127.0.0.1:", "publish", "call.wav", "broken.wav");
            await UntilAsync("the broken one is refused", "audio.raw.dlq/0/0", "dlq", "list");
            await AssertPrintsAsync("content_type_mismatch", "dlq", "show", "audio.raw.dlq/0/0");
            await AssertPrintsAsync("replayed 1 of 1", "dlq", "replay");
            await UntilAsync("it is refused again", "audio.raw.dlq/0/1", "dlq", "list");
            await AssertPrintsAsync("label mine is on audio.labeled", "label", "call.wav", "--text", "a b c", "--id", "mine");
            await UntilAsync("labels are indexed", " of the stream", "labels", "next", "--minutes", "1");
            await AssertPrintsAsync("removed label mine", "label", "--remove", "mine");
            await AssertPrintsAsync("learning is paused", "learning", "pause", "--why", "a test");
            await AssertPrintsAsync("learning is resumed", "learning", "resume");
            await AssertPrintsAsync("recognizer 1: ", "models", "export", "ssl", "exported");
            await AssertPrintsAsync("ssl@3", "models", "import", "exported");
            await AssertPrintsAsync("champion", "models", "history");
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"$ ssl up\n{up.Printed}");
        }
    }

    /// <param name="printed">With exit code 0.</param>
    async Task UntilAsync(string what, string printed, params string[] arguments)
    {
        var last = "";
        try
        {
            while (true)
            {
                (last, var exitCode) = await TryAsync(arguments);
                if (exitCode == 0 && last.Contains(printed, StringComparison.Ordinal))
                    return;
                await Task.Delay(500, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"in time there was not: {what}\n{last}");
        }
    }

    /// <param name="printed">With exit code 0.</param>
    async Task AssertPrintsAsync(string printed, params string[] arguments)
    {
        var (output, exitCode) = await TryAsync(arguments);
        Assert.True(exitCode == 0 && output.Contains(printed, StringComparison.Ordinal),
            $"ssl {string.Join(' ', arguments)}: {exitCode}, without '{printed}'?\n{output}");
    }

    async Task<(string Output, int ExitCode)> TryAsync(string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            var (errors, output) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            var printed = await output + await errors;
            TestContext.Current.TestOutputHelper?.WriteLine($"$ ssl {string.Join(' ', arguments)}\n{printed}");
            return (printed, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        (start.Environment["SSL_SERVER"], start.Environment["SSL_API_KEY"]) = (address?.ToString(), key);
        return Process.Start(start)!;
    }
}
