namespace Ssl.Shared.Foundation.Registry.Stores;

/// <summary>
/// Storage under a registry: small documents with conditional writes, and folders that are whole or absent. It needs no rename and no
/// lock, so an object store can implement it. Names have no separators. A read sees every write completed before it. Thread-safe.
/// </summary>
interface IRegistryStore
{
    /// <summary>Null: there is no such document.</summary>
    StoredDocument? Read(string name);

    /// <summary>Replaces a document if it is still the one that was read; else false, and nothing was written.</summary>
    /// <param name="token">Of the document that was read; null: there must be none of this name.</param>
    bool CompareAndSet(string name, ReadOnlySpan<byte> content, string? token);

    /// <summary>Names of the folders in <paramref name="parent"/>, also of one whose files are not all there yet.</summary>
    IReadOnlyList<string> List(string parent);

    /// <summary>One small file of a folder; null where there is none, or the folder is not whole.</summary>
    byte[]? ReadFile(string parent, string name, string file);

    /// <summary>Path of a local folder with the files of a folder; null where there is none. Not to be written to.</summary>
    string? Open(string parent, string name);

    /// <summary>Drops a local copy of a folder, which is damaged; false: there is none, <see cref="Open"/> read the folder.</summary>
    bool Forget(string parent, string name);

    /// <summary>Begins a folder, which is to be written locally.</summary>
    /// <param name="mark">Says who writes it, for <see cref="Abandon"/>.</param>
    IWorkFolder Begin(string parent, string mark);

    /// <summary>
    /// Ends begun folders: once this has returned, none of them can be published, whoever holds it. Several processes may begin folders
    /// meanwhile. A store without rename puts a blank <c>manifest.json</c> (If-None-Match) where an ended one had only its other files.
    /// </summary>
    /// <param name="isOver">Which ones, by their marks; "" where a folder has none.</param>
    void Abandon(string parent, Predicate<string> isOver);

    /// <summary>Removes a folder so that it is whole or absent meanwhile; nothing happens where there is none.</summary>
    void Delete(string parent, string name);
}

/// <summary>A small document as it was read.</summary>
/// <param name="Token">Changes with the content (an ETag); only the store knows what it means.</param>
sealed record StoredDocument(byte[] Content, string Token);

/// <summary>A folder that is being written. Disposed without having been published, it is gone.</summary>
interface IWorkFolder : IDisposable
{
    /// <summary>Where to write, on this machine.</summary>
    string Path { get; }

    /// <summary>Makes it appear, whole and durable; false where there is one of this name, and another may be tried.</summary>
    /// <param name="confirm">
    /// Called before, when <see cref="IRegistryStore.Abandon"/> would already end this folder; throws if its writer's time is over.
    /// </param>
    /// <exception cref="IOException">It was abandoned, or the store does not answer.</exception>
    bool TryPublish(string name, Action confirm);
}
