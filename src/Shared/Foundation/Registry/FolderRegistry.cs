using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// The registry in a folder. A version is immutable, whole or absent, and addressed by a growing number; aliases say which recognizer serves.
/// Several processes may use one folder: a change takes effect under a lock file, and a writer whose epoch is over is refused. The lock is held
/// only for that moment, never while a model is being written, so that a writer that is stopped halfway keeps nobody else from going on.
/// Thread-safe.
/// </summary>
public sealed class FolderRegistry
{
    const string AliasFile = "aliases.json";
    const string LockFile = ".lock";
    const int NumberDigits = 6;
    static readonly string SoftwareVersion = typeof(FolderRegistry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    readonly string root;
    readonly RegistryOptions options;
    readonly TimeProvider clock;
    readonly ILogger<FolderRegistry> logger;

    /// <exception cref="InvalidSettingException">The folder cannot be used.</exception>
    public FolderRegistry(RegistryOptions options, TimeProvider clock, ILogger<FolderRegistry> logger)
    {
        (this.options, this.clock, this.logger) = (options, clock, logger);
        root = Path.GetFullPath(options.Path);
        try
        {
            foreach (var kind in Enum.GetValues<ModelKind>())
                Directory.CreateDirectory(KindFolder(kind));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{RegistryOptions.Section}:{nameof(RegistryOptions.Path)} is '{options.Path}': {e.Message}");
        }
    }

    /// <summary>Begins a writer's turn; every earlier one of the same writer is over, and what it left half written is removed.</summary>
    /// <param name="writer">A role that one process at a time may have, e.g. <c>learner</c>.</param>
    public WriterEpoch AcquireEpoch(string writer)
    {
        using var turn = Lock();
        AtomicFile.RemoveLeftovers(root);
        var epoch = new WriterEpoch(writer, CurrentEpoch(writer) + 1);
        AtomicFile.Write(EpochFile(writer), JsonSerializer.SerializeToUtf8Bytes(epoch.Epoch));
        foreach (var kind in Enum.GetValues<ModelKind>())
            Remove(() => AtomicFolder.RemoveLeftovers(KindFolder(kind), IsAbandoned));
        return epoch;
    }

    /// <summary>Publishes a version.</summary>
    /// <param name="writeFiles">Fills the folder whose path it is given, without subfolders; its files are flushed and hashed.</param>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was published.</exception>
    public ModelManifest Publish(ModelKind kind, ManifestDraft draft, WriterEpoch epoch, Action<string> writeFiles)
    {
        CheckEpoch(epoch);
        ModelManifest manifest;
        using (var pending = new PendingFolder(KindFolder(kind), Mark(epoch)))
        {
            try
            {
                writeFiles(pending.Path);
                manifest = Describe(pending.Path, kind, draft, epoch);
                pending.Flush();
                manifest = Commit(pending, manifest, epoch);
            }
            catch (Exception e) when (e is IOException && CurrentEpoch(epoch.Writer) is var current && current != epoch.Epoch)
            {
                throw new StaleEpochException(epoch, current, e); // the successor removed the folder from under us
            }
        }
        Remove(() => Prune(kind));
        return manifest;
    }

    /// <summary>Every version whose manifest can be read, oldest first.</summary>
    public IReadOnlyList<ModelManifest> List(ModelKind kind)
    {
        var manifests = new List<ModelManifest>();
        foreach (var number in Numbers(kind).Order())
        {
            if (VersionReader.ReadManifest(VersionPath(kind, number), kind, number, out var reason) is { } manifest)
                manifests.Add(manifest);
            else
                RegistryLog.PassedOver(logger, reason);
        }
        return manifests;
    }

    /// <summary>A version after every file's hash was checked; null, and why, where it is missing or not what was published.</summary>
    public VersionFolder? Open(ModelKind kind, int number, out string reason) => VersionReader.Open(VersionPath(kind, number), kind, number, out reason);

    /// <summary>champion, previous, candidate.</summary>
    /// <exception cref="InvalidDataException">The file was edited by hand and is not what it should be.</exception>
    public IReadOnlyDictionary<string, AliasEntry> Aliases()
    {
        var path = Path.Combine(root, AliasFile);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.DictionaryStringAliasEntry) ?? [] : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Lets an alias stand for a recognizer.</summary>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void MoveAlias(string alias, int number, WriterEpoch epoch, string why) => MoveAlias(alias, _ => true, number, epoch, why);

    /// <summary>Lets an alias stand for a recognizer if it still stands for <paramref name="from"/> (null: for none); else false, and nothing was moved.</summary>
    /// <inheritdoc cref="MoveAlias(string, int, WriterEpoch, string)"/>
    public bool TryMoveAlias(string alias, int? from, int number, WriterEpoch epoch, string why) => MoveAlias(alias, now => now == from, number, epoch, why);

    bool MoveAlias(string alias, Predicate<int?> expected, int number, WriterEpoch epoch, string why)
    {
        using var turn = Lock();
        CheckEpoch(epoch);
        if (!Directory.Exists(VersionPath(ModelKind.Recognizer, number)))
            throw new ArgumentException($"{alias} cannot stand for recognizer {number}: there is none", nameof(number));
        var aliases = new Dictionary<string, AliasEntry>(Aliases());
        if (!expected(aliases.GetValueOrDefault(alias)?.Number))
            return false;
        aliases[alias] = new() { Number = number, Epoch = epoch.Epoch, Who = epoch.Writer, When = clock.GetUtcNow(), Why = why };
        AtomicFile.Write(Path.Combine(root, AliasFile), JsonSerializer.SerializeToUtf8Bytes(aliases, RegistryJson.Default.DictionaryStringAliasEntry));
        return true;
    }

    ModelManifest Describe(string folder, ModelKind kind, ManifestDraft draft, WriterEpoch epoch)
    {
        if (Directory.EnumerateDirectories(folder).FirstOrDefault() is { } subfolder)
            throw new InvalidOperationException($"a version has no subfolders: {subfolder}");
        return new ModelManifest
        {
            Number = 0,
            Kind = kind,
            Parent = draft.Parent,
            EncoderNumber = draft.EncoderNumber,
            AudioSecondsTrained = draft.AudioSecondsTrained,
            Steps = draft.Steps,
            Watermark = draft.Watermark,
            Scores = draft.Scores,
            Recipes = draft.Recipes,
            Health = draft.Health,
            Files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToDictionary(f => Path.GetFileName(f), VersionReader.Hash),
            Created = clock.GetUtcNow(),
            SoftwareVersion = SoftwareVersion,
            Epoch = epoch.Epoch,
        };
    }

    ModelManifest Commit(PendingFolder pending, ModelManifest described, WriterEpoch epoch)
    {
        using var turn = Lock();
        CheckEpoch(epoch);
        var manifest = described with { Number = Numbers(described.Kind).DefaultIfEmpty().Max() + 1 };
        AtomicFile.Write(Path.Combine(pending.Path, VersionReader.ManifestFile), JsonSerializer.SerializeToUtf8Bytes(manifest, RegistryJson.Default.ModelManifest));
        pending.Commit(VersionName(manifest.Number));
        return manifest;
    }

    void Prune(ModelKind kind)
    {
        using var turn = Lock();
        var named = kind == ModelKind.Recognizer ? Aliases().Values.Select(a => a.Number).ToHashSet() : [];
        foreach (var number in Numbers(kind).OrderDescending().Skip(options.KeepVersions).Where(n => !named.Contains(n)))
            AtomicFolder.Remove(VersionPath(kind, number));
    }

    /// <summary>Clearing up comes after what matters is done; failing at it undoes nothing.</summary>
    void Remove(Action removal)
    {
        try
        {
            removal();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            RegistryLog.NotRemoved(logger, e.Message);
        }
    }

    void CheckEpoch(WriterEpoch epoch)
    {
        if (CurrentEpoch(epoch.Writer) is var current && current != epoch.Epoch)
            throw new StaleEpochException(epoch, current);
    }

    long CurrentEpoch(string writer) => File.Exists(EpochFile(writer)) ? JsonSerializer.Deserialize<long>(File.ReadAllBytes(EpochFile(writer))) : 0;

    static string Mark(WriterEpoch epoch) => $"{epoch.Writer}@{epoch.Epoch}-";

    /// <summary>True for a temporary folder that nobody can publish any more.</summary>
    bool IsAbandoned(string marked) =>
        marked.Split('@') is not [var writer, var rest] || !long.TryParse(rest.Split('-')[0], CultureInfo.InvariantCulture, out var epoch) || epoch != CurrentEpoch(writer);

    FileStream Lock() => RegistryLock.Take(Path.Combine(root, LockFile), clock);

    IEnumerable<int> Numbers(ModelKind kind) => Directory.EnumerateDirectories(KindFolder(kind)).Select(Path.GetFileName)
        .Where(n => n!.Length >= NumberDigits && n.All(char.IsAsciiDigit)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture));

    string KindFolder(ModelKind kind) => Path.Combine(root, kind == ModelKind.Encoder ? "encoders" : "recognizers");

    string VersionPath(ModelKind kind, int number) => Path.Combine(KindFolder(kind), VersionName(number));

    static string VersionName(int number) => number.ToString($"D{NumberDigits}", CultureInfo.InvariantCulture);

    string EpochFile(string writer) => Path.Combine(root, $"{writer}.epoch");
}
