namespace Ssl.Shared.Foundation.Registry;

/// <summary><c>manifest.json</c> of a version: what it is, where it came from, and the hash of every file.</summary>
public sealed record ModelManifest : ManifestDraft
{
    public required int Number { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>File name to SHA-256 in hexadecimal.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string SoftwareVersion { get; init; }

    public required long Epoch { get; init; }
}
