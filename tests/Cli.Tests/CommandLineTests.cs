using System.Diagnostics;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.Cli.Tests;

/// <summary>What a user sees who types something wrong: one line that names it, and an exit code that is not zero.</summary>
public sealed class CommandLineTests
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ssl.dll");

    [Theory]
    [InlineData(2, "Learnr", "up", "--Learnr:Threads=2")]
    [InlineData(2, "did you mean Threads", "up", "--Learner:Thread=2")]
    [InlineData(2, "Learner:Threads", "up", "--Learner:Threads=many")]
    [InlineData(2, "Learner:Threads", "up", "--Learner:Threads=0")]
    [InlineData(2, "Learner:Replay", "up", "--Learner:Replay:CapacityBytes=1")]
    [InlineData(2, "sasl.mechanisn", "up", "--Kafka:BootstrapServers=127.0.0.1:1", "--Kafka:sasl.mechanisn=PLAIN")]
    [InlineData(1, "neither a file nor a folder", "publish", "/nowhere/at/all.wav")]
    [InlineData(1, "is not there", "evaluate", "/nowhere/manifest.jsonl")]
    [InlineData(1, "no recording can be used", "labels", "check", "/nowhere/manifest.jsonl")]
    [InlineData(2, "Transcriber:Labels:Case", "labels", "check", "manifest.jsonl", "--Transcriber:Labels:Case=Title")]
    [InlineData(1, "cannot be reached", "models", "--server", "http://127.0.0.1:9")]
    [InlineData(1, "cannot be reached", "listen", "speech.wav", "--server", "http://127.0.0.1:9")]
    [InlineData(1, "no broker", "dlq", "list")]
    [InlineData(2, "sasl.mechanisn", "dlq", "list", "--Kafka:BootstrapServers=127.0.0.1:1", "--Kafka:sasl.mechanisn=PLAIN")]
    [InlineData(2, "--Kafka:Sasl", "dlq", "replay", "--bootstrap-servers", "127.0.0.1:1", "--Kafka:Sasl")]
    [InlineData(1, "--server", "models", "--server", "nonsense")]
    [InlineData(1, "Torch:LibraryPath", "models", "import", "folder", "--Torch:LibraryPath=/nowhere")]
    [InlineData(2, "Torch:Device", "models", "import", "folder", "--Torch:Device=abacus")]
    [InlineData(2, "--promot", "models", "import", "folder", "--promot")]
    [InlineData(1, "did you mean Replay", "settings", "replya")]
    [InlineData(1, "did you mean Learner", "doctor", "--Learnr:Threads=2")]
    [InlineData(1, "127.0.0.1:1 does not answer: ", "doctor", "--Kafka:BootstrapServers=127.0.0.1:1")]
    [InlineData(1, "Torch:LibraryPath: /nowhere", "doctor", "--Torch:LibraryPath=/nowhere")]
    [InlineData(1, "labels of ssl", "doctor", "--Transcriber:Labels:ManifestPath=/nowhere.jsonl")]
    [InlineData(1, "--server", "doctor", "--server", "nonsense")]
    [InlineData(1, "--role: '0' is none of ingest, learner", "doctor", "--role", "0")]
    [InlineData(1, "--role: '64' is none of", "doctor", "--role", "64")]
    [InlineData(1, "--role: 'cook' is none of", "doctor", "--role", "cook")]
    [InlineData(2, "it names no bucket", "models", "history", "--Registry:Path=S3://")]
    [InlineData(2, "make experiments ARGS=\"a1 --seeds 1\"", "experiment", "a1", "--seeds", "1")]
    public async Task A_mistake_is_named(int exitCode, string told, params string[] arguments)
    {
        var (printed, actual) = await RunAsync(arguments);
        Assert.Contains(told, printed);
        Assert.DoesNotContain("   at ", printed);
        Assert.Equal(exitCode, actual);
    }

    [Theory]
    [InlineData("exported")]
    [InlineData("b/registry", "--data", "b")]
    [InlineData("data/registry", "--data=data")]
    [InlineData("typed", "--data", "b", "--Registry:Path=typed")]
    public async Task The_registry_of_a_typed_folder_wins_over_file_and_environment(string registry, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("appsettings.json"), """{ "Registry": { "Path": "filed" } }""");
        var environment = new Dictionary<string, string> { ["Registry__Path"] = "exported" };
        var (printed, exitCode) = await RunInAsync(folder.Path, environment, ["models", "rollback", .. arguments]);
        Assert.Contains($"there is no registry in {registry};", printed); // none is made, so it names the one that it looks for
        Assert.Equal(1, exitCode);
        var (findings, _) = await RunInAsync(folder.Path, environment, ["doctor", .. arguments]);
        Assert.Contains($"registry: {registry} is not there yet", findings);
    }

    [Fact]
    public async Task Numbers_are_written_the_same_way_in_every_language()
    {
        using var labels = new TemporaryFolder();
        File.WriteAllBytes(labels.File("a.wav"), TestAudio.Wav(TestAudio.Bursts(1)));
        File.WriteAllText(labels.File("manifest.jsonl"), """{"audio_filepath": "a.wav", "text": "one"}""");
        var (printed, exitCode) = await RunAsync("labels", "check", labels.File("manifest.jsonl"));
        Assert.Contains("2.00 s", printed);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task A_machine_without_broker_labels_and_gpu_has_warnings_and_no_fault()
    {
        var (printed, exitCode) = await RunAsync("doctor", "--json", "--server", "http://127.0.0.1:9");
        using var findings = JsonDocument.Parse(printed);
        var levels = findings.RootElement.EnumerateArray()
            .ToLookup(f => f.GetProperty("check").GetString(), f => f.GetProperty("level").GetString());
        Assert.Equal("ok", Assert.Single(levels["settings"]));
        Assert.Equal("ok", Assert.Single(levels["libtorch"]));
        Assert.Equal("warning", Assert.Single(levels["broker"]));
        Assert.Equal("warning", Assert.Single(levels["labels"]));
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("ingest", "clock cores ffmpeg libopus.so.0 libsndfile.so.1 libsoxr.so.0 memory registry service settings")]
    [InlineData("learner", "clock cores disk folder gpu libtorch memory registry service settings")]
    [InlineData("tune",
        "clock cores ffmpeg folder gpu labels libopus.so.0 libsndfile.so.1 libsoxr.so.0 libtorch memory registry service settings unicode")]
    [InlineData("Serve",
        "clock cores ffmpeg folder gpu libopus.so.0 libsndfile.so.1 libsoxr.so.0 libtorch memory registry service settings unicode")]
    public async Task A_machine_is_looked_at_for_what_its_service_needs(string role, string checks)
    {
        var (printed, exitCode) = await RunAsync("doctor", "--role", role, "--json");
        using var json = JsonDocument.Parse(printed);
        var findings = json.RootElement.EnumerateArray().Select(f => (
            Check: f.GetProperty("check").GetString()!.Split(' ')[0], Level: f.GetProperty("level").GetString())).ToArray();
        Assert.Equal(checks.Split(' '), findings.Select(f => f.Check).Where(c => c != "broker").Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(("broker", "fault"), findings); // a service alone has none of its own
        Assert.Equal(1, exitCode);
        Assert.Equal(role == "learner", printed.Contains("replay store", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_settings_file_with_every_setting_as_a_comment_is_accepted_and_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        var (_, made) = await RunAsync("init", folder.Path, "--bootstrap-servers", "127.0.0.1:1");
        var file = await File.ReadAllTextAsync(folder.File("appsettings.json"), TestContext.Current.CancellationToken);
        Assert.Equal(0, made);
        Assert.Contains("    \"BootstrapServers\": \"127.0.0.1:1\",\n", file);
        Assert.Contains("      // \"CapacityBytes\": \"2147483648\",\n", file);
        var (again, refused) = await RunAsync("init", folder.Path);
        Assert.Contains("--force replaces it", again);
        Assert.Equal(1, refused);
        var (printed, exitCode) = await RunInAsync(folder.Path, "doctor");
        Assert.Contains("ok       settings", printed);
        Assert.Contains("fault    broker: 127.0.0.1:1 does not answer", printed); // the file was read
        Assert.Equal(1, exitCode);
    }

    [Theory]
    [InlineData("doc", "doctor")]
    [InlineData("models ro", "rollback")]
    [InlineData("settings --js", "--json")]
    public async Task The_shell_completes_commands_and_options(string typed, string word)
    {
        var line = $"ssl {typed}";
        var (printed, exitCode) = await RunAsync($"[suggest:{line.Length}]", line);
        Assert.Contains(word, printed.Split('\n'));
        Assert.Equal(0, exitCode);
        Assert.Contains("complete", (await RunAsync("completion", "bash")).Printed);
    }

    /// <summary>In a German user's environment.</summary>
    static async Task<(string Printed, int ExitCode)> RunAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return await RunInAsync(folder.Path, arguments);
    }

    static Task<(string Printed, int ExitCode)> RunInAsync(string folder, params string[] arguments) =>
        RunInAsync(folder, [], arguments);

    static async Task<(string Printed, int ExitCode)> RunInAsync(
        string folder, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["LC_ALL"] = "de_DE.UTF-8" },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var (errors, output) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (await errors + await output, process.ExitCode);
    }
}
