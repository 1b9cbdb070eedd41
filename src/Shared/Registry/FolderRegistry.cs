using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Files;

namespace Ssl.Shared.Registry;

/// <summary>
/// The registry in a folder. A version is immutable, whole or absent, and addressed by a growing number; aliases say which recognizer serves.
/// Several processes may use one folder: changes are made under a lock file, and a writer whose epoch is over is refused.
/// </summary>
public sealed class FolderRegistry
{
    const string ManifestFile = "manifest.json";
    const string AliasFile = "aliases.json";
    const string LockFile = ".lock";
    const int NumberDigits = 6;
    static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(30);
    static readonly string SoftwareVersion = typeof(FolderRegistry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    readonly string root;
    readonly RegistryOptions options;
    readonly TimeProvider clock;
    readonly ILogger<FolderRegistry> logger;

    public FolderRegistry(RegistryOptions options, TimeProvider clock, ILogger<FolderRegistry> logger)
    {
        (this.options, this.clock, this.logger) = (options, clock, logger);
        root = Path.GetFullPath(options.Path);
        foreach (var kind in Enum.GetValues<ModelKind>())
            Directory.CreateDirectory(KindFolder(kind));
    }

    /// <summary>Begins a writer's turn; every earlier one of the same writer is over.</summary>
    public WriterEpoch AcquireEpoch(string writer)
    {
        using var turn = Lock();
        var epoch = new WriterEpoch(writer, CurrentEpoch(writer) + 1);
        AtomicFile.Write(EpochFile(writer), JsonSerializer.SerializeToUtf8Bytes(epoch.Epoch));
        return epoch;
    }

    /// <summary>Publishes a version.</summary>
    /// <param name="writeFiles">Fills the folder whose path it is given; its files are flushed and hashed.</param>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was published.</exception>
    public ModelManifest Publish(ModelKind kind, ManifestDraft draft, WriterEpoch epoch, Action<string> writeFiles)
    {
        using var turn = Lock();
        CheckEpoch(epoch);
        AtomicFolder.RemoveLeftovers(KindFolder(kind));
        var number = Numbers(kind).DefaultIfEmpty().Max() + 1;
        ModelManifest? manifest = null;
        AtomicFolder.Write(VersionPath(kind, number), folder =>
        {
            writeFiles(folder);
            manifest = new ModelManifest
            {
                Number = number,
                Kind = kind,
                Parent = draft.Parent,
                EncoderNumber = draft.EncoderNumber,
                AudioSecondsTrained = draft.AudioSecondsTrained,
                Steps = draft.Steps,
                Watermark = draft.Watermark,
                Scores = draft.Scores,
                Health = draft.Health,
                Files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToDictionary(f => Path.GetFileName(f), Hash),
                Created = clock.GetUtcNow(),
                SoftwareVersion = SoftwareVersion,
                Epoch = epoch.Epoch,
            };
            File.WriteAllBytes(Path.Combine(folder, ManifestFile), JsonSerializer.SerializeToUtf8Bytes(manifest, RegistryJson.Default.ModelManifest));
        });
        Prune(kind);
        return manifest!;
    }

    /// <summary>Every version whose manifest can be read, oldest first.</summary>
    public IReadOnlyList<ModelManifest> List(ModelKind kind)
    {
        var manifests = new List<ModelManifest>();
        foreach (var number in Numbers(kind).Order())
        {
            if (ReadManifest(kind, number, out var reason) is { } manifest)
                manifests.Add(manifest);
            else
                RegistryLog.PassedOver(logger, reason);
        }
        return manifests;
    }

    /// <summary>A version after every file's hash was checked; null, and why, where it is missing or not what was published.</summary>
    public VersionFolder? Open(ModelKind kind, int number, out string reason)
    {
        if (ReadManifest(kind, number, out reason) is not { } manifest)
            return null;
        var folder = VersionPath(kind, number);
        foreach (var (name, expected) in manifest.Files)
        {
            var path = Path.Combine(folder, name);
            if (Path.GetFileName(name) != name)
                reason = $"{folder}: its manifest names the file '{name}'";
            else if (!File.Exists(path))
                reason = $"{path} is missing";
            else if (Hash(path) is var found && found != expected)
                reason = $"{path}: SHA-256 is {found}, its manifest says {expected}";
            if (reason.Length > 0)
                return null;
        }
        return new VersionFolder(folder, manifest);
    }

    /// <summary>champion, previous, candidate.</summary>
    public IReadOnlyDictionary<string, AliasEntry> Aliases()
    {
        var path = Path.Combine(root, AliasFile);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.DictionaryStringAliasEntry) ?? [] : [];
    }

    /// <summary>Lets an alias stand for a version.</summary>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    public void MoveAlias(string alias, int number, WriterEpoch epoch, string why)
    {
        using var turn = Lock();
        CheckEpoch(epoch);
        var aliases = new Dictionary<string, AliasEntry>(Aliases())
        {
            [alias] = new() { Number = number, Epoch = epoch.Epoch, Who = epoch.Writer, When = clock.GetUtcNow(), Why = why },
        };
        AtomicFile.Write(Path.Combine(root, AliasFile), JsonSerializer.SerializeToUtf8Bytes(aliases, RegistryJson.Default.DictionaryStringAliasEntry));
    }

    void Prune(ModelKind kind)
    {
        var named = kind == ModelKind.Recognizer ? Aliases().Values.Select(a => a.Number).ToHashSet() : [];
        foreach (var number in Numbers(kind).OrderDescending().Skip(options.KeepVersions).Where(n => !named.Contains(n)))
            Directory.Delete(VersionPath(kind, number), recursive: true);
    }

    ModelManifest? ReadManifest(ModelKind kind, int number, out string reason)
    {
        var path = Path.Combine(VersionPath(kind, number), ManifestFile);
        reason = "";
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.ModelManifest);
            if (manifest?.Number == number && manifest.Kind == kind)
                return manifest;
            reason = $"{path}: it is the manifest of {manifest?.Kind} {manifest?.Number}";
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            reason = $"{path}: {e.Message}";
        }
        return null;
    }

    void CheckEpoch(WriterEpoch epoch)
    {
        if (CurrentEpoch(epoch.Writer) is var current && current != epoch.Epoch)
            throw new StaleEpochException(epoch, current);
    }

    long CurrentEpoch(string writer) => File.Exists(EpochFile(writer)) ? JsonSerializer.Deserialize<long>(File.ReadAllBytes(EpochFile(writer))) : 0;

    /// <summary>The operating system ends the lock with the process, however that ends.</summary>
    FileStream Lock()
    {
        var deadline = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(deadline) < LockLimit)
            {
                Thread.Sleep(20);
            }
        }
    }

    IEnumerable<int> Numbers(ModelKind kind) => Directory.EnumerateDirectories(KindFolder(kind)).Select(Path.GetFileName)
        .Where(n => n!.Length == NumberDigits && n.All(char.IsAsciiDigit)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture));

    string KindFolder(ModelKind kind) => Path.Combine(root, kind == ModelKind.Encoder ? "encoders" : "recognizers");

    string VersionPath(ModelKind kind, int number) => Path.Combine(KindFolder(kind), number.ToString($"D{NumberDigits}", CultureInfo.InvariantCulture));

    string EpochFile(string writer) => Path.Combine(root, $"{writer}.epoch");

    static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
