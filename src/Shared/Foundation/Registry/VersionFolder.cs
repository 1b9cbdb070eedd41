namespace Ssl.Shared.Foundation.Registry;

/// <summary>A version whose files were just verified against its manifest.</summary>
public sealed record VersionFolder(string Path, ModelManifest Manifest);
