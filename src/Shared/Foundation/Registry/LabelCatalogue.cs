using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary><c>labels.json</c> of the registry: the labels as the tuner has them, and the part of every recording.</summary>
public sealed record LabelCatalogue
{
    const string File = "labels.json";

    public IReadOnlyList<LabelEntry> Labels { get; init; } = [];
    /// <summary>By line.</summary>
    public IReadOnlyDictionary<string, LineParts> Parts { get; init; } = new Dictionary<string, LineParts>();

    /// <exception cref="InvalidDataException">The file was edited by hand and is not valid.</exception>
    public static LabelCatalogue Read(ModelRegistry registry) => Parse(registry.ReadDocument(File));

    /// <param name="change">Called again where another process was faster.</param>
    /// <inheritdoc cref="Read"/>
    public static void Update(ModelRegistry registry, Func<LabelCatalogue, LabelCatalogue> change) =>
        registry.UpdateDocument(File, content =>
            JsonSerializer.SerializeToUtf8Bytes(change(Parse(content)), RegistryJson.Default.LabelCatalogue));

    static LabelCatalogue Parse(byte[]? content)
    {
        try
        {
            return content is null ? new() : JsonSerializer.Deserialize(content, RegistryJson.Default.LabelCatalogue) ?? new();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{File} of the registry cannot be read: {e.Message}", e);
        }
    }
}
