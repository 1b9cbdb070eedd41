namespace Ssl.Shared.Foundation.Files;

/// <summary>
/// A folder that is being written beside its final place. <see cref="Commit"/> makes it appear whole and durable; disposed without that,
/// it is gone. A crash leaves it under a name that no reader takes for a finished one.
/// </summary>
sealed class PendingFolder : IDisposable
{
    internal const string Prefix = ".tmp-";

    readonly string parent;

    /// <param name="parent">Folder in which it will appear; created where it is missing.</param>
    /// <param name="mark">Goes into the temporary name, for whoever cleans up after a crash.</param>
    public PendingFolder(string parent, string mark = "")
    {
        this.parent = System.IO.Path.GetFullPath(parent);
        Path = System.IO.Path.Combine(this.parent, $"{Prefix}{mark}{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Flushes every file and folder in it, then gives it its name.</summary>
    /// <exception cref="IOException">There is one of that name, or it was removed.</exception>
    public void Commit(string name)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }
        foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
            DurableFolder.Flush(folder);
        DurableFolder.Flush(Path);
        Directory.Move(Path, System.IO.Path.Combine(parent, name));
        DurableFolder.Flush(parent);
    }

    public void Dispose()
    {
        try
        {
            if (Directory.Exists(Path))
                Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Another process is removing it, or the disk fails: the exception before this one matters more; leftovers are removed later.
        }
    }
}
