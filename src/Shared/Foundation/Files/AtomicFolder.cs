namespace Ssl.Shared.Foundation.Files;

/// <summary>Writes a folder that is whole or absent: files go to a temporary sibling, are flushed, then it is renamed and its parent flushed.</summary>
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
        pending.Flush();
        pending.Commit(Path.GetFileName(full));
    }

    /// <summary>Removes a folder so that a crash leaves it whole or absent too.</summary>
    public static void Remove(string path)
    {
        var full = Path.GetFullPath(path);
        var condemned = Path.Combine(Path.GetDirectoryName(full)!, $"{PendingFolder.Prefix}{Guid.NewGuid():N}");
        Directory.Move(full, condemned);
        Directory.Delete(condemned, recursive: true);
    }

    /// <summary>Removes what a crash left half written or half removed.</summary>
    /// <param name="abandoned">Which ones, by what follows the prefix of their names; null: all, as nobody else writes here.</param>
    public static void RemoveLeftovers(string parent, Func<string, bool>? abandoned = null)
    {
        if (!Directory.Exists(parent))
            return;
        foreach (var leftover in Directory.EnumerateDirectories(parent, PendingFolder.Prefix + "*"))
        {
            if (abandoned is null || abandoned(Path.GetFileName(leftover)[PendingFolder.Prefix.Length..]))
                Directory.Delete(leftover, recursive: true);
        }
    }
}
