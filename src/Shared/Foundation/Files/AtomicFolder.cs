namespace Ssl.Shared.Foundation.Files;

/// <summary>
/// Writes a folder that is whole or absent: files go to a temporary sibling, are flushed, then it is renamed and its parent flushed.
/// </summary>
public static class AtomicFolder
{
    /// <summary>Creates <paramref name="path"/>; it must not exist.</summary>
    /// <param name="write">Fills the folder whose path it is given.</param>
    /// <exception cref="IOException">The folder exists already, or the disk refused; nothing is left behind.</exception>
    public static void Write(string path, Action<string> write)
    {
        var full = Path.GetFullPath(path);
        using var pending = new PendingFolder(Path.GetDirectoryName(full)!);
        write(pending.Path);
        pending.Commit(Path.GetFileName(full));
    }

    /// <summary>
    /// Removes a folder so that others, and a crash, see it whole or absent; nothing happens where there is none. Files that cannot be
    /// deleted stay under a name that nobody uses and count as leftovers.
    /// </summary>
    public static void Remove(string path)
    {
        var full = Path.GetFullPath(path);
        var condemned = Path.Combine(Path.GetDirectoryName(full)!, $"{PendingFolder.Prefix}{Guid.NewGuid():N}");
        try
        {
            Directory.Move(full, condemned);
        }
        catch (DirectoryNotFoundException)
        {
            return; // another process was faster
        }
        try
        {
            Directory.Delete(condemned, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On a network share a file that somebody has open cannot go yet.
        }
    }

    /// <summary>Removes what a crash left half written or half removed. Once this has returned, none of it can be committed.</summary>
    /// <param name="abandoned">Which ones, by what follows the prefix of their names; null: all, as nobody else writes here.</param>
    public static void RemoveLeftovers(string parent, Predicate<string>? abandoned = null)
    {
        if (!Directory.Exists(parent))
            return;
        foreach (var leftover in Directory.GetDirectories(parent, PendingFolder.Prefix + "*"))
        {
            if (abandoned is null || abandoned(Path.GetFileName(leftover)[PendingFolder.Prefix.Length..]))
                Remove(leftover);
        }
    }
}
