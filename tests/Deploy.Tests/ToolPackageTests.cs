using System.Diagnostics;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.Deploy.Tests;

/// <summary><c>ssl</c> as a .NET tool, installed from its package.</summary>
public sealed class ToolPackageTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10); // 460 MB are packed and unpacked, on a busy machine

    [Fact]
    public async Task The_program_that_is_installed_from_the_package_finds_its_libraries()
    {
        using var folder = new TemporaryFolder();
        var project = Path.Combine(SharedFolder.RepositoryRoot, "src", "Cli");
        await RunAsync(folder.Path, "dotnet", "pack", project, "-c", Configuration, "--no-build", "-v", "quiet",
            "-o", folder.File("packages"));
        await RunAsync(folder.Path, "dotnet", "tool", "install", "ssl-speech", "--tool-path", folder.File("tool"),
            "--source", folder.File("packages"));
        var ssl = Path.Combine(folder.File("tool"), "ssl");
        var (printed, _) = await RunAsync(folder.Path, ssl, "doctor", "--json", "--server", "http://127.0.0.1:9");
        using var findings = JsonDocument.Parse(printed);
        var all = findings.RootElement.EnumerateArray().ToArray();
        Assert.Empty(all.Where(f => f.GetProperty("level").GetString() == "fault").Select(f => f.ToString()));
        Assert.Contains(all, f => f.GetProperty("check").GetString() == "libtorch");
        var (settings, _) = await RunAsync(folder.Path, ssl, "settings", "Learner:Threads");
        Assert.Contains("Threads of an operation", settings); // the files with the documentation are there, too
    }

    /// <summary>Of this test's own build, whose output is packed.</summary>
    static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    static async Task<(string Printed, string Errors)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}{await errors}");
            return (await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
