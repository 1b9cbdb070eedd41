using Ssl.TestKit;

namespace Ssl.Architecture.Tests;

/// <summary>The C# sources under <c>src</c>, as text.</summary>
static class SourceFiles
{
    public static IReadOnlyList<(string Path, string[] Lines)> All { get; } = Read();

    static (string, string[])[] Read()
    {
        var root = Path.Combine(SharedFolder.RepositoryRoot, "src");
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllLines(Path.Combine(root, path))))];
    }
}
