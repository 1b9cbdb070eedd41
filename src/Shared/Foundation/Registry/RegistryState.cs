using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Content of <c>aliases.json</c>: an entry for each alias, and the fence under a name of its own.</summary>
sealed record RegistryState(IReadOnlyDictionary<string, AliasEntry> Aliases, WriterFence Fence)
{
    const string FenceName = "registry";

    /// <param name="content">Null: the registry is new. A file without a fence is read too.</param>
    /// <exception cref="JsonException">It is not such a file.</exception>
    public static RegistryState Parse(byte[]? content)
    {
        var all = content is null ? [] : JsonSerializer.Deserialize(content, RegistryJson.Default.DictionaryStringJsonElement) ?? [];
        var fence = all.Remove(FenceName, out var element) ? element.Deserialize(RegistryJson.Default.WriterFence) : null;
        return new RegistryState(all.ToDictionary(a => a.Key, a => Entry(a.Key, a.Value)), fence ?? new WriterFence());
    }

    public long EpochOf(string writer) => Fence.Epochs.GetValueOrDefault(writer);

    /// <exception cref="StaleEpochException">The writer's turn is over.</exception>
    public void CheckEpoch(WriterEpoch epoch)
    {
        if (EpochOf(epoch.Writer) is var current && current != epoch.Epoch)
            throw new StaleEpochException(epoch, current);
    }

    /// <summary>False of a recognizer that is being removed.</summary>
    public bool MayBeNamed(int number) => number > Fence.PrunedUpTo || Aliases.Values.Any(a => a.Number == number);

    public byte[] ToJson()
    {
        var all = Aliases.ToDictionary(a => a.Key, a => JsonSerializer.SerializeToElement(a.Value, RegistryJson.Default.AliasEntry));
        all[FenceName] = JsonSerializer.SerializeToElement(Fence, RegistryJson.Default.WriterFence);
        return JsonSerializer.SerializeToUtf8Bytes(all, RegistryJson.Default.DictionaryStringJsonElement);
    }

    static AliasEntry Entry(string alias, JsonElement value) =>
        value.Deserialize(RegistryJson.Default.AliasEntry) ?? throw new JsonException($"the alias '{alias}' has no entry");
}

/// <summary>What keeps late writers out. It is stored in the document of the aliases, so that one conditional write checks both.</summary>
sealed record WriterFence
{
    /// <summary>The current epoch of each writer.</summary>
    public IReadOnlyDictionary<string, long> Epochs { get; init; } = new Dictionary<string, long>();
    /// <summary>Recognizers up to this number are removed unless an alias names them, so no alias may move to one.</summary>
    public int PrunedUpTo { get; init; }
    /// <summary>Of the writer that began an epoch last: two that begin at once do not write the same.</summary>
    public string? Nonce { get; init; }
}
