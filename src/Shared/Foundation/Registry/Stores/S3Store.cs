using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Shared.Foundation.Registry.Stores;

/// <summary>
/// A registry's storage in an S3 bucket. A folder is claimed with an object <c>.writer</c>, filled, and whole once it has its
/// <c>manifest.json</c>; each of the two is written only where there is none (If-None-Match). A blank manifest is that of an abandoned
/// folder. Opened folders are kept in a local cache. Thread-safe.
/// </summary>
sealed class S3Store(S3Bucket bucket, string cachePath) : IRegistryStore
{
    const string Manifest = "manifest.json";
    const string Claim = ".writer";
    const string Damaged = ".damaged";
    const string Begun = "begun";
    const int KeepOpened = 8; // of each kind

    readonly string cache = Path.GetFullPath(cachePath);
    readonly Lock opening = new();

    public StoredDocument? Read(string name) => bucket.Get(name);

    public bool CompareAndSet(string name, ReadOnlySpan<byte> content, string? token) => bucket.Put(name, content, token);

    public IReadOnlyList<string> List(string parent) => bucket.Names(parent, folders: true);

    public byte[]? ReadFile(string parent, string name, string file)
    {
        if (bucket.Get($"{parent}/{name}/{Manifest}")?.Content is not { Length: > 0 } manifest)
            return null;
        return file == Manifest ? manifest : bucket.Get($"{parent}/{name}/{file}")?.Content;
    }

    public string? Open(string parent, string name)
    {
        if (ReadFile(parent, name, Manifest) is not { } manifest)
            return null;
        var local = Path.Combine(cache, parent, name);
        lock (opening)
        {
            if (Path.Combine(local, Manifest) is var path && File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(manifest))
            {
                Directory.SetLastWriteTimeUtc(local, DateTime.UtcNow);
                return local;
            }
            var downloaded = Download(parent, name, manifest);
            Evict(Path.Combine(cache, parent));
            return downloaded;
        }
    }

    public bool Forget(string parent, string name)
    {
        var local = Path.Combine(cache, parent, name);
        if (!Directory.Exists(local))
            return false;
        AtomicFolder.Remove(local);
        return true;
    }

    public IWorkFolder Begin(string parent, string mark) => new Work(bucket, Path.Combine(cache, Begun), parent, mark);

    public void Abandon(string parent, Predicate<string> isOver)
    {
        AtomicFolder.RemoveLeftovers(Path.Combine(cache, Begun), isOver);
        foreach (var name in List(parent))
        {
            var folder = $"{parent}/{name}";
            if (bucket.Get($"{folder}/{Manifest}") is not null || bucket.Get($"{folder}/{Claim}")?.Content is not { Length: > 0 } claim
                || !isOver(Encoding.UTF8.GetString(claim)) || !bucket.Put($"{folder}/{Manifest}", [], null))
                continue;
            foreach (var file in bucket.Names(folder, folders: false).Where(f => f is not (Manifest or Claim)))
                bucket.Delete($"{folder}/{file}");
        }
    }

    public void Delete(string parent, string name)
    {
        var folder = $"{parent}/{name}";
        bucket.Delete($"{folder}/{Manifest}");
        foreach (var file in bucket.Names(folder, folders: false).Where(f => f != Claim))
            bucket.Delete($"{folder}/{file}");
        bucket.Delete($"{folder}/{Claim}"); // last: until then nobody claims the name
    }

    /// <summary>What an earlier try has of a file is kept under the hash that the manifest gives it, and completed.</summary>
    /// <returns>
    /// Path of the local folder, of another name where a file is not what the manifest says: whoever verifies it says so.
    /// </returns>
    string? Download(string parent, string name, byte[] manifest)
    {
        using var pending = new PendingFolder(Path.Combine(cache, parent));
        var parts = Directory.CreateDirectory(Path.Combine(cache, "parts")).FullName;
        var local = name;
        foreach (var (file, hash) in FilesOf(manifest).Where(f => VersionReader.IsFileName(f.Key) && IsHash(f.Value)))
        {
            var part = Path.Combine(parts, hash);
            var resumed = File.Exists(part);
            if (!bucket.Download($"{parent}/{name}/{file}", part))
                return null; // it is being deleted
            if (resumed && HashOf(part) != hash)
            {
                File.Delete(part);
                if (!bucket.Download($"{parent}/{name}/{file}", part))
                    return null;
            }
            if (HashOf(part) != hash)
                local = name + Damaged;
            File.Move(part, Path.Combine(pending.Path, file));
        }
        File.WriteAllBytes(Path.Combine(pending.Path, Manifest), manifest);
        AtomicFolder.Remove(Path.Combine(cache, parent, local));
        pending.Commit(local);
        return Path.Combine(cache, parent, local);
    }

    static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);

    static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Empty where it is no manifest: its reader says what is wrong with it.</summary>
    static Dictionary<string, string> FilesOf(byte[] manifest)
    {
        try
        {
            return JsonDocument.Parse(manifest).RootElement.GetProperty("files").EnumerateObject()
                .ToDictionary(file => file.Name, file => file.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>Files that a program has open stay readable until it closes them.</summary>
    static void Evict(string parent)
    {
        foreach (var old in new DirectoryInfo(parent).EnumerateDirectories().Where(d => char.IsAsciiDigit(d.Name[0]))
            .OrderByDescending(d => d.LastWriteTimeUtc).Skip(KeepOpened))
            AtomicFolder.Remove(old.FullName);
    }

    sealed class Work(S3Bucket bucket, string local, string parent, string mark) : IWorkFolder
    {
        readonly PendingFolder pending = new(local, mark);

        public string Path => pending.Path;

        public bool TryPublish(string name, Action confirm)
        {
            var folder = $"{parent}/{name}";
            // The claim is this folder's own: another of the same writer is told apart.
            if (!bucket.Put($"{folder}/{Claim}", Encoding.UTF8.GetBytes($"{mark}{Guid.NewGuid():N}"), null))
                return false;
            try
            {
                confirm(); // from here on Abandon sees the claim
            }
            catch
            {
                bucket.Delete($"{folder}/{Claim}");
                throw;
            }
            foreach (var file in Directory.EnumerateFiles(Path).Where(f => System.IO.Path.GetFileName(f) != Manifest))
                bucket.Upload($"{folder}/{System.IO.Path.GetFileName(file)}", file);
            return bucket.Put($"{folder}/{Manifest}", File.ReadAllBytes(System.IO.Path.Combine(Path, Manifest)), null)
                ? true : throw new IOException($"{folder} was abandoned");
        }

        public void Dispose() => pending.Dispose();
    }
}
