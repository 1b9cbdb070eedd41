using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// The rules of the registry. A version is immutable, whole or absent, and addressed by a growing number; aliases say which recognizer
/// serves. Several processes may use one store: every change is a conditional write, and a writer whose epoch is over is refused. Nobody
/// waits for a writer that is stopped while it writes a model. Thread-safe.
/// </summary>
public sealed class ModelRegistry
{
    const int NumberDigits = 6;
    static readonly string SoftwareVersion =
        typeof(ModelRegistry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    readonly IRegistryStore store;
    readonly RegistryOptions options;
    readonly TimeProvider clock;
    readonly ILogger<ModelRegistry> logger;
    readonly StateDocument state;
    readonly AliasHistory history;

    /// <exception cref="InvalidSettingException">The folder cannot be used.</exception>
    public ModelRegistry(RegistryOptions options, TimeProvider clock, ILogger<ModelRegistry> logger)
        : this(OpenStore(options, clock), options, clock, logger)
    {
    }

    internal ModelRegistry(IRegistryStore store, RegistryOptions options, TimeProvider clock, ILogger<ModelRegistry> logger)
    {
        (this.store, this.options, this.clock, this.logger) = (store, options, clock, logger);
        (state, history) = (new StateDocument(store, options.Path), new AliasHistory(store));
    }

    /// <summary>Begins a writer's turn; every earlier one of the same writer is over, and what it left half written is removed.</summary>
    /// <param name="writer">A role that one process at a time may have, e.g. <c>learner</c>.</param>
    public WriterEpoch AcquireEpoch(string writer)
    {
        var epoch = state.BeginEpoch(writer);
        var current = state.Read().Fence.Epochs;
        // Without this a paused writer could still publish what it has begun: it is a part of the fence, not a clearing up.
        foreach (var kind in Enum.GetValues<ModelKind>())
            store.Abandon(Folder(kind), mark => IsOver(mark, current));
        return epoch;
    }

    /// <summary>Publishes a version.</summary>
    /// <param name="writeFiles">Fills the folder whose path it is given, without subfolders; its files are flushed and hashed.</param>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was published.</exception>
    public ModelManifest Publish(ModelKind kind, ManifestDraft draft, WriterEpoch epoch, Action<string> writeFiles)
    {
        CheckEpoch(epoch);
        ModelManifest manifest;
        using (var work = store.Begin(Folder(kind), Mark(epoch)))
        {
            try
            {
                writeFiles(work.Path);
                manifest = Commit(work, Describe(work.Path, kind, draft, epoch), epoch);
            }
            catch (IOException e) when (state.Read().EpochOf(epoch.Writer) is var current && current != epoch.Epoch)
            {
                throw new StaleEpochException(epoch, current, e); // the successor removed the folder from under us
            }
        }
        AfterThat(() => Prune(kind));
        return manifest;
    }

    /// <summary>Every version whose manifest can be read, oldest first. Reads them all: for what shows them all.</summary>
    public IReadOnlyList<ModelManifest> List(ModelKind kind) =>
        [.. Numbers(kind).Order().Select(n => Find(kind, n)).OfType<ModelManifest>()];

    /// <summary>A version's manifest; null where there is none that can be read.</summary>
    public ModelManifest? Find(ModelKind kind, int number)
    {
        var (folder, name) = (Folder(kind), VersionName(number));
        if (store.ReadFile(folder, name, VersionReader.ManifestFile) is not { } content)
            return null;
        var manifest = VersionReader.Parse(content, $"{folder}/{name}/{VersionReader.ManifestFile}", kind, number, out var reason);
        if (manifest is null)
            RegistryLog.PassedOver(logger, reason);
        return manifest;
    }

    /// <summary>The newest version of which <paramref name="predicate"/> is true; null where there is none.</summary>
    public ModelManifest? Newest(ModelKind kind, Predicate<ModelManifest>? predicate = null) =>
        Numbers(kind).OrderDescending().Select(n => Find(kind, n)).FirstOrDefault(m => m is not null && predicate?.Invoke(m) is not false);

    /// <summary>Whether a version is that one or was trained on from it, as far as the versions that are kept tell.</summary>
    public bool DescendsFrom(ModelManifest version, int ancestor)
    {
        var descendant = version;
        while (descendant is not null && descendant.Number > ancestor) // a parent is older
            descendant = descendant.Parent is { } parent && parent < descendant.Number ? Find(version.Kind, parent) : null;
        return descendant?.Number == ancestor;
    }

    /// <summary>A version after every file's hash was checked; null, and why, where it is missing or not what was published.</summary>
    public VersionFolder? Open(ModelKind kind, int number, out string reason)
    {
        if (store.Open(Folder(kind), VersionName(number)) is { } path)
            return VersionReader.Open(path, kind, number, out reason);
        reason = $"there is no {Folder(kind)}/{VersionName(number)} in the registry {options.Path}";
        return null;
    }

    /// <summary>
    /// By key: <c>champion</c>, <c>previous</c>, <c>candidate</c>, <c>pin</c>; of another line <c>german/champion</c>. A snapshot.
    /// </summary>
    /// <exception cref="InvalidDataException"><c>aliases.json</c> was edited by hand and is not what it should be.</exception>
    public IReadOnlyDictionary<string, AliasEntry> Aliases() => state.Read().Aliases;

    /// <summary>Number of the recognizer that a name stands for now; null: none.</summary>
    public int? Resolve(ModelId id)
    {
        if (id.AliasKey is { } key)
            return Aliases().GetValueOrDefault(key)?.Number;
        var hasLine = id.Line == ModelId.DefaultLine || Aliases().ContainsKey(ModelId.KeyOf(id.Line, ModelId.Candidate));
        return hasLine ? Find(ModelKind.Recognizer, id.Number)?.Number : null;
    }

    /// <summary>Lets an alias stand for a recognizer. Champions are moved by <see cref="Champion"/>.</summary>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void MoveAlias(string alias, int number, WriterEpoch epoch, string why) => Move(epoch, _ => [new AliasMove(alias, number, why)]);

    /// <summary>Moves several aliases in one compare-and-set.</summary>
    /// <param name="decide">From the aliases as they stand to the moves, null: none. Called again where another writer was faster.</param>
    /// <returns>Whether there were moves.</returns>
    /// <inheritdoc cref="MoveAlias(string, int, WriterEpoch, string)"/>
    internal bool Move(WriterEpoch epoch, Func<IReadOnlyDictionary<string, AliasEntry>, IReadOnlyList<AliasMove>?> decide)
    {
        var records = new List<AliasRecord>();
        var moved = state.TryUpdate(now =>
        {
            records.Clear();
            now.CheckEpoch(epoch);
            return decide(now.Aliases) is { } moves ? now with { Aliases = Moved(now, moves, epoch, records) } : null;
        });
        if (moved)
            AfterThat(() => history.Add(records));
        return moved;
    }

    Dictionary<string, AliasEntry> Moved(RegistryState now, IReadOnlyList<AliasMove> moves, WriterEpoch epoch, List<AliasRecord> records)
    {
        var (aliases, when) = (new Dictionary<string, AliasEntry>(now.Aliases), clock.GetUtcNow());
        foreach (var (alias, target, why) in moves)
        {
            if (aliases.Remove(alias, out var former))
                records.Add(AliasRecord.Of(alias, former));
            if (target is { } number)
            {
                if (!now.MayBeNamed(number) || Find(ModelKind.Recognizer, number) is null)
                    throw new ArgumentException($"{alias} cannot stand for recognizer {number}: there is none", nameof(moves));
                aliases[alias] = new() { Number = number, Epoch = epoch.Epoch, Who = epoch.Writer, When = when, Why = why };
            }
            records.Add(new AliasRecord(alias, target, epoch.Epoch, epoch.Writer, when, why));
        }
        return aliases;
    }

    ModelManifest Describe(string folder, ModelKind kind, ManifestDraft draft, WriterEpoch epoch)
    {
        if (Directory.EnumerateDirectories(folder).FirstOrDefault() is { } subfolder)
            throw new InvalidOperationException($"a version has no subfolders: {subfolder}");
        return new ModelManifest(draft)
        {
            Number = 0,
            Kind = kind,
            Files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
                .ToDictionary(f => Path.GetFileName(f), VersionReader.Hash),
            Created = clock.GetUtcNow(),
            SoftwareVersion = SoftwareVersion,
            Epoch = epoch.Epoch,
        };
    }

    /// <summary>
    /// Takes the next number that nobody has. The epoch is checked after the work folder was begun: a turn that ends after the check ends
    /// with the work folder being abandoned, so that it cannot be published any more.
    /// </summary>
    ModelManifest Commit(IWorkFolder work, ModelManifest described, WriterEpoch epoch)
    {
        while (true)
        {
            CheckEpoch(epoch);
            var manifest = described with { Number = Numbers(described.Kind).DefaultIfEmpty().Max() + 1 };
            var json = JsonSerializer.SerializeToUtf8Bytes(manifest, RegistryJson.Default.ModelManifest);
            AtomicFile.Write(Path.Combine(work.Path, VersionReader.ManifestFile), json);
            if (work.TryPublish(VersionName(manifest.Number)))
                return manifest;
        }
    }

    void Prune(ModelKind kind)
    {
        var old = Numbers(kind).OrderDescending().Skip(options.KeepVersions).ToArray();
        if (old.Length == 0)
            return;
        IReadOnlySet<int> named = kind == ModelKind.Recognizer ? state.ForbidUpTo(old[0]) : new HashSet<int>();
        foreach (var number in old.Where(n => !named.Contains(n)))
            store.Delete(Folder(kind), VersionName(number));
    }

    /// <summary>For what comes after what matters is done; failing at it undoes nothing.</summary>
    void AfterThat(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException)
        {
            RegistryLog.NotTidied(logger, e.Message);
        }
    }

    void CheckEpoch(WriterEpoch epoch) => state.Read().CheckEpoch(epoch);

    static string Mark(WriterEpoch epoch) => $"{epoch.Writer}@{epoch.Epoch}-";

    /// <summary>True of a work folder that nobody can publish any more.</summary>
    static bool IsOver(string mark, IReadOnlyDictionary<string, long> epochs) =>
        mark.Split('@') is not [var writer, var rest]
        || !long.TryParse(rest.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
        || epoch < epochs.GetValueOrDefault(writer, long.MaxValue);

    IEnumerable<int> Numbers(ModelKind kind) => store.List(Folder(kind))
        .Where(n => n.Length >= NumberDigits && n.All(char.IsAsciiDigit)).Select(n => int.Parse(n, CultureInfo.InvariantCulture));

    static string Folder(ModelKind kind) => kind == ModelKind.Encoder ? "encoders" : "recognizers";

    static string VersionName(int number) => number.ToString($"D{NumberDigits}", CultureInfo.InvariantCulture);

    static FolderStore OpenStore(RegistryOptions options, TimeProvider clock)
    {
        try
        {
            return new FolderStore(options.Path, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{RegistryOptions.Section}:{nameof(RegistryOptions.Path)} is '{options.Path}': {e.Message}");
        }
    }
}
