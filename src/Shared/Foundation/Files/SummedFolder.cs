using System.Security.Cryptography;

namespace Ssl.Shared.Foundation.Files;

/// <summary>Folders that are whole or absent and hold a checksum of every file, so that damage of the disk is seen too.</summary>
public static class SummedFolder
{
    const string SumsFile = "SHA256SUMS";

    /// <summary>Creates <paramref name="path"/>; it must not exist.</summary>
    /// <param name="write">Fills the folder whose path it is given.</param>
    public static void Write(string path, Action<string> write) => AtomicFolder.Write(path, temporary =>
    {
        write(temporary);
        File.WriteAllLines(Path.Combine(temporary, SumsFile), [.. Sums(temporary)]);
    });

    /// <returns>What is not as it was written; null: nothing.</returns>
    public static string? DamageOf(string path)
    {
        try
        {
            var differing = Sums(path).ToHashSet();
            differing.SymmetricExceptWith(File.ReadAllLines(Path.Combine(path, SumsFile)));
            return differing.Count == 0 ? null
                : string.Join(", ", differing.Select(line => $"{line.Split(' ')[^1]} is not as it was written").Distinct());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>In the format of sha256sum(1): hash, two spaces, name.</summary>
    static IEnumerable<string> Sums(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path).Where(f => Path.GetFileName(f) != SumsFile).Order(StringComparer.Ordinal))
        {
            using var stream = File.OpenRead(file);
            yield return $"{Convert.ToHexStringLower(SHA256.HashData(stream))}  {Path.GetFileName(file)}";
        }
    }
}
