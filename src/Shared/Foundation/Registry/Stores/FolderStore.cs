using System.Security.Cryptography;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Shared.Foundation.Registry.Stores;

/// <summary>
/// A registry's storage in a folder that several processes may use. A lock file is held while a document is replaced, and never longer.
/// </summary>
sealed class FolderStore : IRegistryStore
{
    const string LockFile = ".lock";
    static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);

    readonly string root;
    readonly TimeProvider clock;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FolderStore(string path, TimeProvider clock)
    {
        (root, this.clock) = (Path.GetFullPath(path), clock);
        Directory.CreateDirectory(root);
    }

    public StoredDocument? Read(string name) =>
        ReadIfThere(Path.Combine(root, name)) is { } content ? new StoredDocument(content, Token(content)) : null;

    public bool CompareAndSet(string name, ReadOnlySpan<byte> content, string? token)
    {
        using var turn = Lock();
        if (Read(name)?.Token != token)
            return false;
        AtomicFile.RemoveLeftovers(root); // who wrote one held the lock and has died
        AtomicFile.Write(Path.Combine(root, name), content);
        return true;
    }

    public IReadOnlyList<string> List(string parent) => Path.Combine(root, parent) is var path && Directory.Exists(path)
        ? [.. Directory.EnumerateDirectories(path).Select(p => Path.GetFileName(p))]
        : [];

    public byte[]? ReadFile(string parent, string name, string file) => ReadIfThere(Path.Combine(root, parent, name, file));
    public string? Open(string parent, string name) => Path.Combine(root, parent, name) is var path && Directory.Exists(path) ? path : null;
    public bool Forget(string parent, string name) => false;
    public IWorkFolder Begin(string parent, string mark) => new Work(Path.Combine(root, parent), mark);
    public void Abandon(string parent, Predicate<string> isOver) => AtomicFolder.RemoveLeftovers(Path.Combine(root, parent), isOver);
    public void Delete(string parent, string name) => AtomicFolder.Remove(Path.Combine(root, parent, name));

    /// <summary>
    /// Waits for the lock, which is across processes; disposing the result releases it, and the operating system does when a process ends.
    /// </summary>
    /// <exception cref="TimeoutException">Another process holds it: it is stopped, or its disk does not answer.</exception>
    FileStream Lock()
    {
        var (path, started) = (Path.Combine(root, LockFile), clock.GetTimestamp());
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (clock.GetElapsedTime(started) > LockLimit)
                    throw new TimeoutException($"another process has held {path} for {LockLimit.TotalSeconds:0} s: {e.Message}", e);
                Thread.Sleep(LockRetry);
            }
        }
    }

    /// <summary>The same content is the same document: nothing that was decided on it has changed.</summary>
    static string Token(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    static byte[]? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    sealed class Work(string parent, string mark) : IWorkFolder
    {
        readonly PendingFolder pending = new(parent, mark);

        public string Path => pending.Path;

        public bool TryPublish(string name, Action confirm)
        {
            confirm();
            try
            {
                pending.Commit(name);
                return true;
            }
            catch (IOException) when (Directory.Exists(System.IO.Path.Combine(parent, name)))
            {
                return false;
            }
        }

        public void Dispose() => pending.Dispose();
    }
}
