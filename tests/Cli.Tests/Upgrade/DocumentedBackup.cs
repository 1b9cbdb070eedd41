using System.Diagnostics;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>The commands of docs/operations.md, "Backup and upgrade", as they stand there.</summary>
static class DocumentedBackup
{
    const int SomethingChanged = 1; // of tar
    const string Archive = "backup.tar";
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // of each command

    static readonly string[][] Blocks = Read();

    /// <param name="folder">Holds <c>data</c>, which somebody may be writing to, and gets the archive.</param>
    /// <param name="afterEach">What happens there after each command.</param>
    public static void Take(string folder, Action? afterEach = null) => Run(folder, Blocks[0], SomethingChanged, afterEach);

    /// <param name="taken">Where the archive is.</param>
    /// <param name="folder">An empty one; gets <c>data</c>.</param>
    public static void Restore(string taken, string folder)
    {
        File.Copy(Path.Combine(taken, Archive), Path.Combine(Directory.CreateDirectory(folder).FullName, Archive));
        Run(folder, Blocks[1], maxExitCode: 0, afterEach: null);
    }

    static string[][] Read()
    {
        var section = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"))
            .SkipWhile(line => line != "## Backup and upgrade").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var parts = string.Join('\n', section).Split("```");
        return [.. parts.Where((_, i) => i % 2 == 1).Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..])];
    }

    static void Run(string folder, string[] commands, int maxExitCode, Action? afterEach)
    {
        foreach (var command in commands)
        {
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
            })!;
            var errors = shell.StandardError.ReadToEndAsync();
            var inTime = shell.WaitForExit(Limit);
            if (!inTime)
                shell.Kill(entireProcessTree: true);
            var printed = errors.GetAwaiter().GetResult(); // they end with the process
            Assert.True(inTime, $"{command} did not end in time\n{printed}");
            Assert.True(shell.ExitCode <= maxExitCode, $"{command}: {shell.ExitCode}\n{printed}");
            afterEach?.Invoke();
        }
    }
}
