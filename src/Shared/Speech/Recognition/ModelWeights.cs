using System.Text.Json;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>The weights of a model folder: one <c>model.safetensors</c>, or shards that <c>model.safetensors.index.json</c> names key by key.</summary>
sealed class ModelWeights
{
    public const string SingleFile = "model.safetensors";
    const string IndexFile = SingleFile + ".index.json";
    const int MostShards = 1000;

    // Weight norm's names before PyTorch 2.1's parametrizations.
    static readonly (string Old, string New)[] FormerNames = [("conv.weight_g", "conv.parametrizations.weight.original0"), ("conv.weight_v", "conv.parametrizations.weight.original1")];

    readonly string[] paths;
    readonly Dictionary<string, string>? shardOf; // by key, the path that must hold it; null: one file

    ModelWeights(string source, string[] paths, Dictionary<string, string>? shardOf) => (Source, this.paths, this.shardOf) = (source, paths, shardOf);

    /// <summary>For messages.</summary>
    public string Source { get; }

    /// <exception cref="InvalidModelException">There is neither file, or the index is not one.</exception>
    public static ModelWeights Open(string folder)
    {
        var (single, index) = (Path.Combine(folder, SingleFile), Path.Combine(folder, IndexFile));
        if (File.Exists(single))
            return new ModelWeights(single, [single], null);
        if (!File.Exists(index))
            throw new InvalidModelException($"{single} is missing, and so is {IndexFile}; other formats of weights are not read");
        var shardOf = ReadIndex(index).ToDictionary(entry => entry.Key, entry => ShardPath(folder, index, entry.Value));
        string[] shards = [.. shardOf.Values.Distinct().Order(StringComparer.Ordinal)];
        return shards.Length is > 0 and <= MostShards ? new ModelWeights(index, shards, shardOf) : throw new InvalidModelException($"{index}: {shards.Length} shards, expected 1 to {MostShards}");
    }

    /// <summary>Elements of all tensors, by the headers alone.</summary>
    /// <exception cref="InvalidSafetensorsException">A file breaks the format.</exception>
    public long CountElements() => paths.Sum(SafetensorsFile.CountElements);

    /// <summary>All tensors under the names of today, on the CPU; they belong to the caller's dispose scope.</summary>
    /// <exception cref="InvalidSafetensorsException">A file breaks the format.</exception>
    /// <exception cref="InvalidModelException">A key is in another shard than the index says, or in two.</exception>
    public Dictionary<string, Tensor> Read()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var (key, tensor) in SafetensorsFile.Read(path))
            {
                if (shardOf is not null && shardOf.GetValueOrDefault(key) != path)
                    throw new InvalidModelException($"{path}: {key} is not in this shard by {Source}");
                if (!tensors.TryAdd(Today(key), tensor))
                    throw new InvalidModelException($"{path}: {key} is there twice");
            }
        }
        var missing = shardOf?.Keys.FirstOrDefault(key => !tensors.ContainsKey(Today(key)));
        return missing is null ? tensors : throw new InvalidModelException($"{Source}: {missing} is missing from {Path.GetFileName(shardOf![missing])}");
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

    /// <summary>A shard lies beside its index, whatever the index says.</summary>
    static string ShardPath(string folder, string index, string name)
    {
        if (name.Length == 0 || Path.GetFileName(name) != name || !name.EndsWith(".safetensors", StringComparison.Ordinal))
            throw new InvalidModelException($"{index}: '{name}' is not the name of a safetensors file beside it");
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new InvalidModelException($"{path} is missing");
    }

    static string Today(string key)
    {
        foreach (var (old, now) in FormerNames)
        {
            if (key.EndsWith("pos_conv_embed." + old, StringComparison.Ordinal))
                return key[..^old.Length] + now;
        }
        return key;
    }
}
