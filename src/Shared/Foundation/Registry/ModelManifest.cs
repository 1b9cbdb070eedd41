using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary><c>manifest.json</c> of a version: what it is, where it came from, and the hash of every file.</summary>
public sealed record ModelManifest : ManifestDraft
{
    [JsonConstructor]
    public ModelManifest()
    {
    }

    public ModelManifest(ManifestDraft draft)
        : base(draft)
    {
    }

    public required int Number { get; init; }
    public required ModelKind Kind { get; init; }
    /// <summary>File name to SHA-256 in hexadecimal.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required string SoftwareVersion { get; init; }
    public required long Epoch { get; init; }
    /// <summary>Whether this recognizer passed the gate, or an operator let it serve.</summary>
    [JsonIgnore]
    public bool MayServe => ModelHealth.MayServe(Health);
    public bool IsOf(string line) => (Line ?? ModelId.DefaultLine) == line;
    /// <summary>Null of an encoder, and where nothing was measured (an import).</summary>
    [JsonIgnore]
    public RecognizerScores? RecognizerScores => Scores as RecognizerScores;
}
