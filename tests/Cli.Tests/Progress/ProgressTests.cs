using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Ssl.Cli.Models;
using Ssl.Cli.Progress;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Progress;

/// <summary>
/// Bars on a terminal, and nothing anywhere else. The environment belongs to the whole process, so these run by themselves.
/// </summary>
[Collection(nameof(ProgressTests))]
[CollectionDefinition(nameof(ProgressTests), DisableParallelization = true)]
public sealed class ProgressTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task A_bar_says_how_much_is_done_of_how_much()
    {
        var written = new StringWriter(CultureInfo.InvariantCulture);
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(written),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
        terminal.Profile.Width = 120;
        Assert.Equal(7, await ProgressBars.ShowAsync(terminal, "recordings", bars =>
        {
            Assert.True(bars.AreShown);
            bars.Report("check", 312, 4000);
            return Task.FromResult(7);
        }));
        Assert.Contains("check", written.ToString());
        Assert.Contains("312 of 4,000 recordings", written.ToString());
        written.GetStringBuilder().Clear();
        await ProgressBars.ShowAsync(terminal, null, bars =>
        {
            ((IProgress<ByteProgress>)bars).Report(new ByteProgress("copy [model]", 3 << 20, 10 << 20));
            return Task.FromResult(0);
        });
        Assert.Contains("copy [model]", written.ToString());
        var plain = Regex.Replace(written.ToString(), @"\x1b\[[0-9;?]*[A-Za-z]", ""); // unit and stroke have colours of their own
        Assert.Matches(@"3\.[01]/10\.[05] Mi?B", plain);
    }

    /// <summary><c>script</c> (util-linux) gives a program a terminal of its own.</summary>
    [Fact]
    public async Task A_terminal_sees_the_bar_and_a_pipe_does_not()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no /usr/bin/script");
        var lines = Enumerable.Range(0, 3).Select(i =>
        {
            File.WriteAllBytes(folder.File($"{i}.wav"), TestAudio.Wav(TestAudio.Bursts(1)));
            return $$"""{"audio_filepath": "{{i}}.wav", "text": "one"}""";
        });
        File.WriteAllLines(folder.File("manifest.jsonl"), lines);
        var check = $"dotnet {Path.Combine(AppContext.BaseDirectory, "ssl.dll")} labels check {folder.File("manifest.jsonl")}";
        var terminal = await RunAsync("script", "-qec", check, "/dev/null");
        Assert.Contains("of 3 recordings", terminal.Printed);
        Assert.Contains("problems    0", terminal.Printed);
        Assert.DoesNotContain("of 3 recordings", (await RunAsync("script", "-qec", $"{check} --json", "/dev/null")).Printed);
        var piped = await RunAsync("sh", "-c", check);
        Assert.Contains("problems    0", piped.Printed);
        Assert.Equal("", piped.Errors);
        Assert.DoesNotContain("of 3 recordings", piped.Printed);
    }

    [Fact]
    public async Task Import_and_export_say_how_far_the_files_are_also_to_and_from_S3()
    {
        await using var server = await S3Server.StartAsync(limit.Token);
        server.Bucket("models");
        using var keys = new AwsKeys();
        var model = WriteModel();
        var options = new RegistryOptions
        {
            Path = "s3://models/ssl",
            Endpoint = server.Address.ToString(),
            CachePath = folder.File("cache"),
        };
        var reports = new List<ByteProgress>();
        var progress = new Reports(reports);
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance, progress);
        new ModelImport(registry, progress).Run(model, promote: false);
        new ModelExport(registry, progress).Run("ssl", folder.File("out"));
        var bytes = new FileInfo(Path.Combine(folder.File("out"), "model.safetensors")).Length;
        foreach (var work in new[] { "write", "upload", "download", "copy" })
        {
            ByteProgress[] seen;
            lock (reports)
                seen = [.. reports.Where(r => r.Work == $"{work} model.safetensors")];
            Assert.True(seen.Length > 1, $"{work}: {seen.Length} reports");
            Assert.All(seen, r => Assert.Equal(bytes, r.TotalBytes));
            Assert.Equal(seen.Select(r => r.DoneBytes).Order(), seen.Select(r => r.DoneBytes));
            if (work != "upload") // the SDK reports from a thread of its own, and may be behind
                Assert.Equal(bytes, seen[^1].DoneBytes);
        }
        var (history, _) = await RunAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "ssl.dll"), "models", "history",
            $"--Registry:Path={options.Path}", $"--Registry:Endpoint={options.Endpoint}", $"--Registry:CachePath={options.CachePath}");
        Assert.Contains("champion -> 1  import: imported from model", history);
    }

    string WriteModel()
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using var recognizer = new Recognizer(
            new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size, seed: 1), vocabulary);
        ModelFolder.SaveRecognizer(Directory.CreateDirectory(folder.File("model")).FullName, recognizer);
        return folder.File("model");
    }

    async Task<(string Printed, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TERM"] = "xterm-256color", ["COLUMNS"] = "120" },
        })!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    sealed class Reports(List<ByteProgress> reports) : IProgress<ByteProgress>
    {
        public void Report(ByteProgress value)
        {
            lock (reports)
                reports.Add(value);
        }
    }

    /// <summary>The SDK finds the server's keys in the environment, as it does for a user.</summary>
    sealed class AwsKeys : IDisposable
    {
        const string Key = "AWS_ACCESS_KEY_ID";
        const string Secret = "AWS_SECRET_ACCESS_KEY";

        readonly (string? Key, string? Secret) former =
            (Environment.GetEnvironmentVariable(Key), Environment.GetEnvironmentVariable(Secret));

        public AwsKeys() => Set((S3Server.Key, S3Server.Secret));

        public void Dispose() => Set(former);

        static void Set((string? Key, string? Secret) values)
        {
            Environment.SetEnvironmentVariable(Key, values.Key);
            Environment.SetEnvironmentVariable(Secret, values.Secret);
        }
    }
}
