namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// Storage under a registry: small documents with conditional writes, and folders that are whole or absent. Needs no rename and no lock,
/// so that an object store can be one. Names have no separators. A read sees every write that was completed before it. Thread-safe.
/// </summary>
public interface IRegistryStore
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
