using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Registry.Stores;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// The rules of the registry. A version is immutable, whole or absent, and addressed by a growing number; aliases say which recognizer
/// serves. Several processes may use one store: every change is a conditional write, and a writer whose epoch is over is refused. A writer
/// that is stopped while it writes a model blocks nobody. Thread-safe.
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

    /// <param name="moved">Told how far files to and from S3 are.</param>
    /// <exception cref="InvalidSettingException">The folder cannot be used.</exception>
    public ModelRegistry(RegistryOptions options, TimeProvider clock, ILogger<ModelRegistry> logger, IProgress<ByteProgress>? moved = null)
        : this(OpenStore(options, clock, moved), options, clock, logger)
    {
    }

    internal ModelRegistry(IRegistryStore store, RegistryOptions options, TimeProvider clock, ILogger<ModelRegistry> logger)
    {
        (this.store, this.options, this.clock, this.logger) = (store, options, clock, logger);
        (state, history) = (new StateDocument(store, options.Path), new AliasHistory(store));
    }

    /// <summary>Begins a writer's epoch; every earlier one of the same writer is over, and what it left half written is removed.</summary>
    /// <param name="writer">A role that one process at a time may have, e.g. <c>learner</c>.</param>
    public WriterEpoch AcquireEpoch(string writer)
    {
        var epoch = state.BeginEpoch(writer);
        // Part of the fence, not a clean-up: without it a paused writer could still publish what it has begun.
        foreach (var kind in Enum.GetValues<ModelKind>())
            store.Abandon(Folder(kind), mark => IsOver(mark, state.Read().Fence.Epochs)); // read after the mark: it has the mark's epoch
        return epoch;
    }

    /// <summary>Publishes a version.</summary>
    /// <param name="writeFiles">Fills the folder whose path it is given, without subfolders; its files are flushed and hashed.</param>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was published.</exception>
    public ModelManifest Publish(ModelKind kind, ManifestDraft draft, WriterEpoch epoch, Action<string> writeFiles) =>
        Publish(kind, _ => draft, epoch, writeFiles);

    /// <param name="draftOf">
    /// From the number that the version is about to get, with its files written; asked again for the next where another writer was faster.
    /// </param>
    /// <inheritdoc cref="Publish(ModelKind, ManifestDraft, WriterEpoch, Action{string})"/>
    public ModelManifest Publish(ModelKind kind, Func<int, ManifestDraft> draftOf, WriterEpoch epoch, Action<string> writeFiles)
    {
        CheckEpoch(epoch);
        using var work = store.Begin(Folder(kind), $"{epoch.Writer}@{epoch.Epoch}-");
        try
        {
            writeFiles(work.Path);
            var manifest = Commit(work, kind, draftOf, Hashes(work.Path), epoch);
            TryTidy(() => Prune(kind));
            return manifest;
        }
        catch (IOException e) when (state.Read().EpochOf(epoch.Writer) is var current && current != epoch.Epoch)
        {
            throw new StaleEpochException(epoch, current, e); // the next writer removed the folder
        }
    }

    /// <summary>Every version whose manifest can be read, oldest first. Reads all manifests: for lists only.</summary>
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
            Log.VersionPassedOver(logger, reason);
        return manifest;
    }

    /// <summary>The newest version of which <paramref name="predicate"/> is true; null where there is none.</summary>
    public ModelManifest? Newest(ModelKind kind, Predicate<ModelManifest>? predicate = null) =>
        Numbers(kind).OrderDescending().Select(n => Find(kind, n)).FirstOrDefault(m => m is not null && predicate?.Invoke(m) is not false);

    /// <summary>Whether a version is the ancestor or was trained on from it; false where a version between them was pruned.</summary>
    public bool DescendsFrom(ModelManifest version, int ancestor)
    {
        var descendant = version;
        while (descendant is not null && descendant.Number > ancestor) // a parent is older
            descendant = descendant.Parent is { } parent && parent < descendant.Number ? Find(version.Kind, parent) : null;
        return descendant?.Number == ancestor;
    }

    /// <summary>
    /// A version whose files all have the published hash; null, and why, where it is missing or not what was published. The folder of an
    /// encoder without weights of its own is that of the recognizer that it came with.
    /// </summary>
    public VersionFolder? Open(ModelKind kind, int number, out string reason)
    {
        var (folder, name) = (Folder(kind), VersionName(number));
        if (store.Open(folder, name) is { } path)
            return (VersionReader.Open(path, kind, number, out reason)
                    ?? (store.Forget(folder, name) && store.Open(folder, name) is { } again
                        ? VersionReader.Open(again, kind, number, out reason) : null)) is not { } version ? null
                : version.Manifest.RecognizerNumber is { } holder && kind == ModelKind.Encoder ? WithWeightsOf(holder, version, out reason)
                : version;
        reason = $"there is no {folder}/{name} in the registry {options.Path}";
        return null;
    }

    /// <summary>A snapshot, by key: <c>champion</c>, <c>previous</c>, <c>candidate</c>, <c>pin</c>, <c>german/champion</c>.</summary>
    /// <exception cref="InvalidDataException"><c>aliases.json</c> was edited by hand and is not valid.</exception>
    public IReadOnlyDictionary<string, AliasEntry> Aliases() => state.Read().Aliases;

    /// <summary>The last moves of a line's aliases, oldest first.</summary>
    public IReadOnlyList<AliasRecord> History(string line) =>
        [.. history.Read().Where(r => r.Alias == ModelId.KeyOf(line, r.Alias[(r.Alias.LastIndexOf('/') + 1)..]))];

    /// <summary>Number of the recognizer that a name stands for now; null: none.</summary>
    public int? Resolve(ModelId id)
    {
        if (id.AliasKey is { } key)
            return Aliases().GetValueOrDefault(key)?.Number;
        return Find(ModelKind.Recognizer, id.Number) is { } version && version.IsOf(id.Line) ? version.Number : null;
    }

    /// <summary>A small document that the services of a registry share; null: there is none.</summary>
    internal byte[]? ReadDocument(string name) => store.Read(name)?.Content;

    /// <summary>Replaces such a document.</summary>
    /// <param name="change">From the present content, null: none. Called again where another process was faster.</param>
    internal void UpdateDocument(string name, Func<byte[]?, byte[]> change)
    {
        for (var written = false; !written;)
        {
            var now = store.Read(name);
            var next = change(now?.Content);
            written = now is not null && next.AsSpan().SequenceEqual(now.Content) || store.CompareAndSet(name, next, now?.Token);
        }
    }

    /// <summary>Lets an alias stand for a recognizer. Champions are moved by <see cref="Champion"/>.</summary>
    /// <exception cref="StaleEpochException">The writer's epoch is over; nothing was moved.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void MoveAlias(string alias, int number, WriterEpoch epoch, string why) => Move(epoch, _ => [new AliasMove(alias, number, why)]);

    /// <summary>Moves several aliases in one compare-and-set.</summary>
    /// <param name="decide">From the current aliases to the moves, null: none. Called again where another writer was faster.</param>
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
            TryTidy(() => history.Add(records));
        return moved;
    }

    /// <summary>The two name each other: a recognizer that took the number meanwhile names another encoder.</summary>
    VersionFolder? WithWeightsOf(int recognizer, VersionFolder encoder, out string reason)
    {
        var number = encoder.Manifest.Number;
        if (Open(ModelKind.Recognizer, recognizer, out reason) is not { } holder)
            reason = $"encoder {number} has the weights of recognizer {recognizer}: {reason}";
        else if (holder.Manifest.EncoderNumber != number)
            reason = $"encoder {number} has the weights of recognizer {recognizer}, which was made from another encoder";
        else
            return encoder with { Path = holder.Path };
        return null;
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

    static Dictionary<string, string> Hashes(string folder)
    {
        if (Directory.EnumerateDirectories(folder).FirstOrDefault() is { } subfolder)
            throw new InvalidOperationException($"a version has no subfolders: {subfolder}");
        return Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
            .ToDictionary(f => Path.GetFileName(f), VersionReader.Hash);
    }

    /// <summary>
    /// Takes the next free number. The epoch is checked after the work folder was begun: when an epoch ends after the check, the work
    /// folder is abandoned and can no longer be published.
    /// </summary>
    ModelManifest Commit(
        IWorkFolder work, ModelKind kind, Func<int, ManifestDraft> draftOf, IReadOnlyDictionary<string, string> files, WriterEpoch epoch)
    {
        ModelManifest manifest;
        do
        {
            CheckEpoch(epoch); // a draft may publish another version
            var number = Numbers(kind).DefaultIfEmpty().Max() + 1;
            manifest = new ModelManifest(draftOf(number))
            {
                Number = number,
                Kind = kind,
                Files = files,
                Created = clock.GetUtcNow(),
                SoftwareVersion = SoftwareVersion,
                Epoch = epoch.Epoch,
            };
            var json = JsonSerializer.SerializeToUtf8Bytes(manifest, RegistryJson.Default.ModelManifest);
            AtomicFile.Write(Path.Combine(work.Path, VersionReader.ManifestFile), json);
        }
        while (!work.TryPublish(VersionName(manifest.Number), confirm: () => CheckEpoch(epoch)));
        return manifest;
    }

    void Prune(ModelKind kind)
    {
        var old = Numbers(kind).OrderDescending().Skip(options.KeepVersions).ToArray();
        if (old.Length == 0)
            return;
        IReadOnlySet<int> named = kind == ModelKind.Recognizer ? state.ForbidUpTo(old[0]) : new HashSet<int>();
        var holders = kind == ModelKind.Recognizer ? List(ModelKind.Encoder).Select(e => e.RecognizerNumber).ToHashSet() : [];
        foreach (var number in old.Where(n => !named.Contains(n) && !holders.Contains(n)))
            store.Delete(Folder(kind), VersionName(number));
    }

    /// <summary>Runs what follows a completed change; its failure is logged and undoes nothing.</summary>
    void TryTidy(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException)
        {
            Log.NotTidied(logger, e.Message);
        }
    }

    void CheckEpoch(WriterEpoch epoch) => state.Read().CheckEpoch(epoch);

    /// <summary>True of a work folder that nobody can publish any more.</summary>
    static bool IsOver(string mark, IReadOnlyDictionary<string, long> epochs) =>
        mark.Split('@') is not [var writer, var rest]
        || !long.TryParse(rest.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
        || epoch < epochs.GetValueOrDefault(writer, long.MaxValue);

    IEnumerable<int> Numbers(ModelKind kind) => store.List(Folder(kind))
        .Where(n => n.Length >= NumberDigits)
        .Select(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(n => n > 0);

    static string Folder(ModelKind kind) => kind == ModelKind.Encoder ? "encoders" : "recognizers";
    static string VersionName(int number) => number.ToString($"D{NumberDigits}", CultureInfo.InvariantCulture);

    static IRegistryStore OpenStore(RegistryOptions options, TimeProvider clock, IProgress<ByteProgress>? moved)
    {
        try
        {
            if (S3Address.TryParse(options.Path, options.Endpoint, options.Region, out var address))
                return new S3Store(new S3Bucket(address, credentials: null, clock) { Transfers = moved }, options.CachePath);
            return new FolderStore(options.Path, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{RegistryOptions.Section}:{nameof(RegistryOptions.Path)} is '{options.Path}': {e.Message}");
        }
    }
}
