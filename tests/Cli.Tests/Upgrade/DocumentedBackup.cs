using System.Diagnostics;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>The commands of docs/operations.md, "Backup and upgrade", as they stand there.</summary>
static class DocumentedBackup
{
    const int SomethingChanged = 1; // of tar
    const string Archive = "backup.tar";

    static readonly string[][] Blocks = Read();

    /// <param name="folder">Holds <c>data</c>, which somebody may be writing to, and gets the archive.</param>
    /// <param name="afterEach">What happens there after each command.</param>
    public static void Take(string folder, Action? afterEach = null) => Run(folder, Blocks[0], afterEach);

    /// <param name="taken">Where the archive is.</param>
    /// <param name="folder">An empty one; gets <c>data</c>.</param>
    public static void Restore(string taken, string folder)
    {
        File.Copy(Path.Combine(taken, Archive), Path.Combine(Directory.CreateDirectory(folder).FullName, Archive));
        Run(folder, Blocks[1], afterEach: null);
    }

    static string[][] Read()
    {
        var section = File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "operations.md"))
            .SkipWhile(line => line != "## Backup and upgrade").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var parts = string.Join('\n', section).Split("```");
        return [.. parts.Where((_, i) => i % 2 == 1).Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..])];
    }

    static void Run(string folder, string[] commands, Action? afterEach)
    {
        foreach (var command in commands)
        {
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
            })!;
            var errors = shell.StandardError.ReadToEnd();
            Assert.True(shell.WaitForExit(TimeSpan.FromMinutes(1)), command);
            Assert.True(shell.ExitCode <= SomethingChanged, $"{command}\n{errors}");
            afterEach?.Invoke();
        }
    }
}
