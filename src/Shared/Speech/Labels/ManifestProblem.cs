namespace Ssl.Shared.Speech.Labels;

/// <summary>Why a line of a manifest, or a whole manifest, cannot be used.</summary>
/// <param name="Path">The manifest.</param>
/// <param name="Line">From 1; 0 when it is about the file as a whole.</param>
public sealed record ManifestProblem(string Path, int Line, string Reason)
{
    public override string ToString() => Line == 0 ? $"{Path}: {Reason}" : $"{Path}:{Line}: {Reason}";
}
