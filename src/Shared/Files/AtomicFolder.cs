namespace Ssl.Shared.Files;

/// <summary>Writes a folder that is whole or absent: files go to a temporary sibling, are flushed, then it is renamed and its parent flushed.</summary>
public static class AtomicFolder
{
    const string TemporaryPrefix = ".tmp-";

    /// <summary>Creates <paramref name="path"/>; it must not exist.</summary>
    /// <param name="write">Fills the folder whose path it is given.</param>
    /// <exception cref="IOException">The folder exists already, or the disk refused; nothing is left behind.</exception>
    public static void Write(string path, Action<string> write)
    {
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            foreach (var file in Directory.EnumerateFiles(temporary))
                FlushFile(file);
            DurableFolder.Flush(temporary);
            Directory.Move(temporary, path);
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
        DurableFolder.Flush(parent);
    }

    /// <summary>Removes what a crash left half written.</summary>
    public static void RemoveLeftovers(string parent)
    {
        if (!Directory.Exists(parent))
            return;
        foreach (var leftover in Directory.EnumerateDirectories(parent, TemporaryPrefix + "*"))
            Directory.Delete(leftover, recursive: true);
    }

    static void FlushFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}
