using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Hosting;
using Ssl.TestKit;
using Ssl.Transcriber;

namespace Ssl.Cli.Tests.Commands;

/// <summary>The session of docs/operations.md, typed at a terminal while two replicas serve the registry; a third joins later.</summary>
public sealed partial class OperatorSessionTests : IDisposable
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ssl.dll");

    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Each_command_answers_as_documented_and_every_replica_follows()
    {
        Publish(3);
        File.WriteAllBytes(folder.File("call.wav"), TestAudio.Wav(TestAudio.Bursts(1)));
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        foreach (var (command, documented) in Session())
        {
            var printed = await RunAsync([.. Word().Matches(command).Select(m => m.Value.Trim('"'))]);
            TestContext.Current.TestOutputHelper?.WriteLine($"$ ssl {command}\n{printed}");
            if (command.StartsWith("models diff", StringComparison.Ordinal)) // untrained versions hear something else
                Assert.Matches(@"^ssl@2 against ssl@3: \d+ equal, \d+ changed, \d+ inserted, \d+ deleted, word error \d\.\d{3}$",
                    printed.Split('\n')[^1]);
            else
                Assert.Equal(Normalised(documented), Normalised(printed));
            if (Champion().Match(printed) is { Success: true, Groups: [_, var number] })
                await Task.WhenAll(ServesAsync(first, int.Parse(number.Value)), ServesAsync(second, int.Parse(number.Value)));
        }
        await using var third = await StartAsync();
        await ServesAsync(third, 2);
    }

    [Theory]
    [InlineData("models promote ssl@9", "ssl has no such version")]
    [InlineData("models promote seventeen", "names no version")]
    [InlineData("models rollback --line french", "ssl-french had no champion before this one")]
    [InlineData("models unpin", "no version of ssl is pinned")]
    [InlineData("models diff ssl@1 ssl@9 call.wav", "ssl@9: there is no such version")]
    [InlineData("models history --data nowhere", "there is no registry in")]
    [InlineData("learning pause", "no broker")]
    [InlineData("keys new a/b", "up to 64 letters")]
    [InlineData("keys new ann --scopes everything", "everything")]
    public async Task A_mistake_is_named(string command, string told)
    {
        Publish(1);
        File.WriteAllBytes(folder.File("call.wav"), TestAudio.Wav(TestAudio.Bursts(1)));
        var printed = await RunAsync(command.Split(' '));
        Assert.Contains(told, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
    }

    /// <summary>Commands without <c>ssl</c>, and what follows them in the document.</summary>
    static IEnumerable<(string Command, string Output)> Session()
    {
        var text = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"));
        var block = text.Split("```console\n")[1].Split("\n```")[0];
        return block.Split("$ ssl ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n', 2))
            .Select(part => (part[0], part[1].TrimEnd()));
    }

    /// <summary>Times and the operator's name are this run's.</summary>
    static string Normalised(string text) =>
        Operator().Replace(Time().Replace(text, "TIME"), "operator NAME");

    void Publish(int count) => UntrainedVersions.Publish(folder.File("data/registry"), count);

    async Task<WebApplication> StartAsync()
    {
        var builder = SslHost.CreateBuilder(
            ["--Urls=http://127.0.0.1:0", $"--Registry:Path={folder.File("data/registry")}", "--Transcriber:Role=serve",
                $"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true"], defaultPort: 0);
        builder.Logging.ClearProviders();
        builder.AddTranscriber();
        var app = builder.Build();
        app.MapSslDefaults();
        app.MapTranscriber();
        await app.StartAsync(limit.Token);
        return app;
    }

    async Task ServesAsync(WebApplication service, int number)
    {
        using var http = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        while ((await http.GetFromJsonAsync<JsonElement>("v1/models/ssl", limit.Token)).GetProperty("version").GetInt32() != number)
            await Task.Delay(100, limit.Token);
    }

    async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var (errors, output) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (await output + await errors).TrimEnd();
    }

    [GeneratedRegex("""("[^"]*"|[^ ])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(@"operator [^: ]+")]
    private static partial Regex Operator();

    [GeneratedRegex(@"^ssl@(\d+) is the champion")]
    private static partial Regex Champion();
}
