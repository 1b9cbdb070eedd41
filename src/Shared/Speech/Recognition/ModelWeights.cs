using System.Text.Json;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Pickles;
using Ssl.Shared.Speech.Safetensors;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// The weights of a model folder, from the first of: <c>model.safetensors</c>, the shards of its index, <c>pytorch_model.bin</c>, the
/// shards of its index. Over them, the adapter of a language.
/// </summary>
sealed class ModelWeights : IDisposable
{
    public const string SingleFile = "model.safetensors";
    const string PickleName = "pytorch_model.bin";
    const string IndexEnding = ".index.json";
    const string AdapterPrefix = "adapter.";
    static readonly string[] Endings = [".safetensors", ".bin"];

    // Names of weight norm before PyTorch 2.1's parametrizations.
    static readonly (string Old, string New)[] FormerNames =
    [
        ("pos_conv_embed.conv.weight_g", "pos_conv_embed.conv.parametrizations.weight.original0"),
        ("pos_conv_embed.conv.weight_v", "pos_conv_embed.conv.parametrizations.weight.original1"),
    ];

    readonly string[] paths;
    readonly Dictionary<string, string>? shardOf; // path of each key's shard; null: one file
    readonly string? adapter;
    readonly List<PickleFile> pickles = []; // open while their tensors may be read

    ModelWeights(string source, string[] paths, Dictionary<string, string>? shardOf, string? adapter)
    {
        (Source, this.paths, this.shardOf, this.adapter) = (source, paths, shardOf, adapter);
        try
        {
            Tensors = Merged();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For messages.</summary>
    public string Source { get; }

    /// <summary>All tensors by their current names, from the headers alone.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <param name="language">Whose adapter goes over the weights (MMS); null: none does.</param>
    /// <exception cref="InvalidModelException">A file is missing or breaks its format.</exception>
    public static ModelWeights Open(string folder, string? language = null)
    {
        var adapter = language is null ? null : FindAdapter(folder, language);
        foreach (var name in new[] { SingleFile, PickleName }.Select(name => Path.Combine(folder, name)))
        {
            if (File.Exists(name))
                return new ModelWeights(name, [name], null, adapter);
            if (File.Exists(name + IndexEnding))
                return OpenShards(folder, name + IndexEnding, adapter);
        }
        throw new InvalidModelException(
            $"{Path.Combine(folder, SingleFile)} is missing, and so are {PickleName} and an index of either; other formats are not read");
    }

    /// <summary>The languages that a folder has adapters for.</summary>
    public static IReadOnlyList<string> AdapterLanguages(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, AdapterPrefix + "*.*").Where(path => Endings.Contains(Path.GetExtension(path)))
            .Select(path => Path.GetFileNameWithoutExtension(path)[AdapterPrefix.Length..]).Distinct().Order(StringComparer.Ordinal),
    ];

    public void Dispose()
    {
        foreach (var pickle in pickles)
            pickle.Dispose();
    }

    Dictionary<string, StoredTensor> Merged()
    {
        var merged = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var (key, value) in OpenFile(path))
            {
                if (shardOf is not null && shardOf.GetValueOrDefault(key) != path)
                    throw new InvalidModelException($"{path}: {Source} does not list {key} in this shard");
                if (!merged.TryAdd(CurrentName(key), value))
                    throw new InvalidModelException($"{path}: {key} is there twice");
            }
        }
        if (shardOf?.Keys.FirstOrDefault(key => !merged.ContainsKey(CurrentName(key))) is { } missing)
            throw new InvalidModelException($"{Source}: {missing} is missing from {Path.GetFileName(shardOf[missing])}");
        if (adapter is null)
            return merged;
        foreach (var (key, value) in OpenFile(adapter))
            merged[key] = value;
        return merged;
    }

    static ModelWeights OpenShards(string folder, string index, string? adapter)
    {
        var shardOf = ReadIndex(index).ToDictionary(entry => entry.Key, entry => ShardPath(folder, index, entry.Value));
        return shardOf.Count > 0
            ? new ModelWeights(index, [.. shardOf.Values.Distinct().Order(StringComparer.Ordinal)], shardOf, adapter)
            : throw new InvalidModelException($"{index}: 0 shards");
    }

    static Dictionary<string, string> ReadIndex(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidModelException($"{path}: not an index of weights: {e.Message}");
        }
    }

    /// <summary>A shard must be in the folder of its index, and of its kind.</summary>
    static string ShardPath(string folder, string index, string name)
    {
        var ending = Path.GetExtension(index[..^IndexEnding.Length]);
        if (Path.GetFileName(name) != name || Path.GetExtension(name) != ending)
            throw new InvalidModelException($"{index}: '{name}' is not the name of a {ending[1..]} file beside it");
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new InvalidModelException($"{path} is missing");
    }

    static string FindAdapter(string folder, string language) => AdapterLanguages(folder) is var known && known.Contains(language)
        ? Endings.Select(ending => Path.Combine(folder, AdapterPrefix + language + ending)).First(File.Exists)
        : throw new InvalidModelException(
            $"{folder}: no adapter for the language '{language}'; there are {(known.Count > 0 ? string.Join(", ", known) : "none")}");

    Dictionary<string, StoredTensor> OpenFile(string path)
    {
        if (!IsPickle(path))
            return SafetensorsFile.Open(path);
        pickles.Add(PickleFile.Open(path));
        return pickles[^1].Open();
    }

    static bool IsPickle(string path) => Path.GetExtension(path) == ".bin";

    static string CurrentName(string key) =>
        FormerNames.Aggregate(key, (name, former) => name.Replace(former.Old, former.New, StringComparison.Ordinal));
}
