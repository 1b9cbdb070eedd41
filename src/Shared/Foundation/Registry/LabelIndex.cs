using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// <c>label-index.json</c> of the registry: finds the audio of all labels, gates included, in other audio without having it. The tuner
/// writes it before it lists a label in <see cref="LabelCatalogue"/>.
/// </summary>
public sealed record LabelIndex
{
    const string File = "label-index.json";

    /// <summary>Hashes of short stretches of the recordings, 8 bytes each, little-endian.</summary>
    public byte[] Windows { get; init; } = [];
    /// <summary>How each recording sounds: a vector of 32-bit floats, little-endian, all of one size.</summary>
    public byte[] Vectors { get; init; } = [];

    /// <returns>Null: no tuner has written it.</returns>
    /// <exception cref="InvalidDataException">The file was edited by hand and is not valid.</exception>
    public static LabelIndex? Read(ModelRegistry registry)
    {
        try
        {
            return registry.ReadDocument(File) is { } content ? JsonSerializer.Deserialize(content, RegistryJson.Default.LabelIndex) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{File} of the registry cannot be read: {e.Message}", e);
        }
    }

    public void Write(ModelRegistry registry) =>
        registry.UpdateDocument(File, _ => JsonSerializer.SerializeToUtf8Bytes(this, RegistryJson.Default.LabelIndex));
}
