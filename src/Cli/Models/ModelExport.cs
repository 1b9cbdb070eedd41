using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Cli.Models;

/// <summary>Copies a version out of a registry as a folder that transformers' <c>from_pretrained</c> loads.</summary>
sealed class ModelExport(ModelRegistry registry, IProgress<ByteProgress>? progress = null)
{
    const string EncoderPrefix = "encoder@";
    const int CopyBytes = 1 << 20;

    /// <param name="version"><c>ssl</c> (the champion), <c>ssl@candidate</c>, <c>ssl@17</c>, or <c>encoder@42</c>.</param>
    /// <param name="folder">Must not exist; whole or absent.</param>
    /// <exception cref="InvalidModelException">There is no such version, or its files are not what was published.</exception>
    /// <exception cref="IOException">The folder is there already, or cannot be written.</exception>
    public ModelManifest Run(string version, string folder)
    {
        if (Path.Exists(folder))
            throw new IOException($"{folder} is there already");
        var (kind, number) = Find(version);
        var found = registry.Open(kind, number, out var reason) ?? throw new InvalidModelException($"{version}: {reason}");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        AtomicFolder.Write(Path.GetFullPath(folder), temporary =>
        {
            if (kind == ModelKind.Encoder && found.Manifest.RecognizerNumber is not null)
            {
                using var encoder = ModelFolder.LoadEncoder(found.Path); // out of the recognizer that holds its weights
                ModelFolder.SaveEncoder(temporary, encoder);
                return;
            }
            foreach (var name in found.Manifest.Files.Keys)
            {
                var place = LanguageModelFiles.InSubfolder(name, found.Manifest.Files.Keys)
                    ? Directory.CreateDirectory(Path.Combine(temporary, LanguageModelFiles.Subfolder)).FullName : temporary;
                Copy(Path.Combine(found.Path, name), Path.Combine(place, name));
            }
        });
        return found.Manifest;
    }

    void Copy(string source, string target)
    {
        using var from = File.OpenRead(source);
        using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[CopyBytes];
        for (int read; (read = from.Read(buffer)) > 0; progress?.Report(new($"copy {Path.GetFileName(source)}", to.Length, from.Length)))
            to.Write(buffer.AsSpan(0, read));
    }

    (ModelKind Kind, int Number) Find(string version)
    {
        if (version.StartsWith(EncoderPrefix, StringComparison.Ordinal)
            && int.TryParse(version.AsSpan(EncoderPrefix.Length), out var encoder))
            return (ModelKind.Encoder, encoder);
        if (ModelId.Parse(version) is not { } id)
            throw new InvalidModelException($"'{version}' names no version: ssl (the champion), ssl@candidate, ssl@17 or encoder@42");
        return registry.Resolve(id) is { } number
            ? (ModelKind.Recognizer, number)
            : throw new InvalidModelException(id.AliasKey is { } alias ? $"{version}: no recognizer is {alias} yet"
            : $"{version}: there is no such version");
    }
}
