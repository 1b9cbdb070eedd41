using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// <c>label-index.json</c> of the registry: finds the audio of all labels, gates included, in other audio without having it. The tuner
/// writes it before it lists a label in <see cref="LabelCatalogue"/>.
/// </summary>
public sealed record LabelIndex
{
    const string File = "label-index.json";

    /// <summary>Of the topic's labels: hashes of short stretches of the recordings, 8 bytes each, little-endian.</summary>
    public byte[] Windows { get; init; } = [];
    /// <summary>Of the topic's labels: how each sounds, a vector of 32-bit floats, little-endian, all of one size.</summary>
    public byte[] Vectors { get; init; } = [];
    /// <summary>
    /// The same of the other labels of each line. What a tuner has no settings for it leaves here as it was: it cannot read that manifest.
    /// </summary>
    public IReadOnlyDictionary<string, ManifestIndex> Manifests { get; init; } = new Dictionary<string, ManifestIndex>();

    [JsonIgnore]
    public byte[] AllWindows => Joined([Windows, .. Manifests.Values.Select(m => m.Windows)]);
    [JsonIgnore]
    public byte[] AllVectors => Joined([Vectors, .. Manifests.Values.Select(m => m.Vectors)]);

    /// <returns>Null: no tuner has written it.</returns>
    /// <exception cref="InvalidDataException">The file was edited by hand and is not valid.</exception>
    public static LabelIndex? Read(ModelRegistry registry) => Parse(registry.ReadDocument(File));

    /// <param name="change">Called again where another process was faster.</param>
    /// <inheritdoc cref="Read"/>
    public static void Update(ModelRegistry registry, Func<LabelIndex, LabelIndex> change) =>
        registry.UpdateDocument(File, content =>
            JsonSerializer.SerializeToUtf8Bytes(change(Parse(content) ?? new()), RegistryJson.Default.LabelIndex));

    static byte[] Joined(byte[][] parts)
    {
        var joined = new byte[parts.Sum(part => part.Length)];
        var end = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, end);
            end += part.Length;
        }
        return joined;
    }

    static LabelIndex? Parse(byte[]? content)
    {
        try
        {
            return content is null || JsonSerializer.Deserialize(content, RegistryJson.Default.LabelIndex) is not { } index ? null
                : index with // of before December 2026: it has no manifests, and generated readers set null then
                {
                    Windows = index.Windows ?? [],
                    Vectors = index.Vectors ?? [],
                    Manifests = index.Manifests ?? new Dictionary<string, ManifestIndex>(),
                };
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{File} of the registry cannot be read: {e.Message}", e);
        }
    }
}
