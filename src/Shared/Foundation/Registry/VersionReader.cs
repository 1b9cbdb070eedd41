using System.Security.Cryptography;
using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Reads versions and checks them against their manifests. A damaged version is no exception: others may load.</summary>
static class VersionReader
{
    public const string ManifestFile = "manifest.json";

    /// <param name="path">For <paramref name="reason"/>.</param>
    /// <returns>Null, and why, where it is not the manifest of this version.</returns>
    public static ModelManifest? Parse(byte[] content, string path, ModelKind kind, int number, out string reason)
    {
        reason = "";
        try
        {
            var manifest = JsonSerializer.Deserialize(content, RegistryJson.Default.ModelManifest);
            if (manifest?.Number == number && manifest.Kind == kind)
                return manifest;
            reason = $"{path}: it is the manifest of {manifest?.Kind} {manifest?.Number}";
        }
        catch (JsonException e)
        {
            reason = $"{path}: {e.Message}";
        }
        return null;
    }

    /// <summary>A version, every file of which has the hash that its manifest says, and no other file; else null, and why.</summary>
    public static VersionFolder? Open(string folder, ModelKind kind, int number, out string reason)
    {
        try
        {
            var path = Path.Combine(folder, ManifestFile);
            if (Parse(File.ReadAllBytes(path), path, kind, number, out reason) is not { } manifest)
                return null;
            reason = manifest.Files.Select(f => WrongWith(folder, f.Key, f.Value)).FirstOrDefault(wrong => wrong is not null)
                ?? Unlisted(folder, manifest) ?? "";
            return reason.Length == 0 ? new VersionFolder(folder, manifest) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = $"{folder}: {e.Message}";
            return null;
        }
    }

    /// <summary>The name of a file directly in a folder, on every system: no path, no device of old, no control character.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and < 256 && name is not ("." or "..") && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    static string? WrongWith(string folder, string name, string expected)
    {
        if (!IsFileName(name))
            return $"{folder}: its manifest names the file '{name}'";
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return $"{path} is missing";
        return Hash(path) is var found && found == expected ? null : $"{path}: SHA-256 is {found}, its manifest says {expected}";
    }

    /// <summary>A file that nobody vouches for must not be loaded by chance (an optional language model, say).</summary>
    static string? Unlisted(string folder, ModelManifest manifest) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))
            .FirstOrDefault(name => name != ManifestFile && !manifest.Files.ContainsKey(name)) is { } stray
            ? $"{Path.Combine(folder, stray)} is not in the manifest"
            : null;
}
