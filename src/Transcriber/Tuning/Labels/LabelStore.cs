using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// The labels of <c>audio.labeled</c> in a folder of the tuner's own: a file each, a line of JSON and then the audio as it was sent, and
/// <c>progress.json</c>. Every file is whole or absent. One writer; snapshots may be taken by any thread.
/// </summary>
sealed class LabelStore : IDisposable
{
    const string Extension = ".label";
    const string LockFile = ".lock";
    const string ProgressFile = "progress.json";
    const int MaxRefusals = 100;

    readonly string folder;
    readonly FileStream held; // the operating system releases it when the process ends
    ImmutableDictionary<string, StoredLabel> labels;

    /// <param name="folder">Is made where it is missing; no other process may use it.</param>
    /// <exception cref="InvalidDataException">A file in it is not what was written; it is named.</exception>
    public LabelStore(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        held = new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        AtomicFile.RemoveLeftovers(folder);
        labels = Directory.EnumerateFiles(folder, "*" + Extension).Select(path => Read(path, out _))
            .ToImmutableDictionary(label => label.Id, StringComparer.Ordinal);
        var progress = Path.Combine(folder, ProgressFile);
        Progress = File.Exists(progress)
            ? Parse(progress, () => JsonSerializer.Deserialize(File.ReadAllBytes(progress), LabelJson.Default.LabelProgress))
            : LabelProgress.None;
    }

    /// <param name="dataPath">Of this process alone; the store is a folder in it.</param>
    /// <exception cref="InvalidSettingException">The folder cannot be used, or another process uses it.</exception>
    public static LabelStore Open(string dataPath)
    {
        try
        {
            var store = new LabelStore(Path.Combine(dataPath, "labels"));
            DiskMetrics.Watch("labels", dataPath);
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InvalidSettingException($"Transcriber:DataPath is '{dataPath}', a folder of this tuner alone: {e.Message}");
        }
    }

    /// <summary>As it was saved last.</summary>
    public LabelProgress Progress { get; private set; }
    /// <summary>A snapshot by id; another instance after every change.</summary>
    public IReadOnlyDictionary<string, StoredLabel> Labels => Volatile.Read(ref labels);

    /// <summary>Adds a label or replaces that of the same id; durable on return.</summary>
    public void Put(StoredLabel label, ReadOnlySpan<byte> audio)
    {
        byte[] json = [.. JsonSerializer.SerializeToUtf8Bytes(label, LabelJson.Default.StoredLabel), (byte)'\n'];
        AtomicFile.Write(PathOf(label.Id), [.. json, .. audio]);
        Volatile.Write(ref labels, labels.SetItem(label.Id, label));
    }

    /// <summary>False: there was none of this id.</summary>
    public bool Remove(string id)
    {
        if (!labels.ContainsKey(id))
            return false;
        File.Delete(PathOf(id));
        DurableFolder.Flush(folder);
        Volatile.Write(ref labels, labels.Remove(id));
        return true;
    }

    /// <summary>The audio of a label as it was sent; null: the label was replaced or removed meanwhile.</summary>
    public byte[]? AudioOf(StoredLabel label)
    {
        try
        {
            return Read(PathOf(label.Id), out var audio) == label ? audio : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Everything before these offsets is durable in this folder.</summary>
    public void Save(LabelProgress progress)
    {
        Progress = progress with { Refusals = [.. progress.Refusals.TakeLast(MaxRefusals)] };
        var json = JsonSerializer.SerializeToUtf8Bytes(Progress, LabelJson.Default.LabelProgress);
        AtomicFile.Write(Path.Combine(folder, ProgressFile), json);
    }

    public void Dispose() => held.Dispose();

    /// <summary>An id may hold any character, so the file is named by its hash.</summary>
    string PathOf(string id) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) + Extension);

    static StoredLabel Read(string path, out byte[] audio)
    {
        var content = File.ReadAllBytes(path);
        var end = Math.Max(0, Array.IndexOf(content, (byte)'\n'));
        audio = content[Math.Min(content.Length, end + 1)..];
        return Parse(path, () => JsonSerializer.Deserialize(content.AsSpan(0, end), LabelJson.Default.StoredLabel));
    }

    static T Parse<T>(string path, Func<T?> parse) where T : class
    {
        try
        {
            return parse() ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message} Delete the folder: it is filled again from the topic", e);
        }
    }
}
