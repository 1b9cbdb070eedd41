namespace Ssl.Shared.Foundation.Files;

/// <summary>
/// A folder that is being written beside its final place. <see cref="Commit"/> makes it appear whole and durable; disposed without that,
/// it is gone. A crash leaves it under a name that no reader takes for a finished one.
/// </summary>
public sealed class PendingFolder : IDisposable
{
    internal const string Prefix = ".tmp-";

    readonly string parent;

    /// <param name="parent">Folder in which it will appear; created where it is missing. On the same file system, so that a rename
    /// suffices.</param>
    /// <param name="mark">Goes into the temporary name, for whoever cleans up after a crash.</param>
    public PendingFolder(string parent, string mark = "")
    {
        this.parent = System.IO.Path.GetFullPath(parent);
        Path = System.IO.Path.Combine(this.parent, $"{Prefix}{mark}{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Flushes every file and folder in it; what is written later needs it again.</summary>
    public void Flush()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }
        foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
            DurableFolder.Flush(folder);
        DurableFolder.Flush(Path);
    }

    /// <summary>Gives a flushed folder its name.</summary>
    /// <exception cref="IOException">There is one of that name.</exception>
    public void Commit(string name)
    {
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
            // Someone else is removing it, or the disk fails: what went wrong before matters more, and leftovers are removed later.
        }
    }
}
