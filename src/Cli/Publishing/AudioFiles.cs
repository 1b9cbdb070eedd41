namespace Ssl.Cli.Publishing;

/// <summary>Which files are audio, and their content type on <c>audio.raw</c>.</summary>
static class AudioFiles
{
    static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".wav"] = "audio/wav",
        [".flac"] = "audio/flac",
        [".ogg"] = "audio/ogg",
        [".oga"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".mp3"] = "audio/mpeg",
        [".ul"] = "audio/basic",
        [".ulaw"] = "audio/basic",
    };

    /// <summary>The content type that a file's name tells, or null: the receiver then looks at its first bytes.</summary>
    public static string? ContentType(string path) => ContentTypes.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>The file itself, or every audio file below a folder in ordinal order.</summary>
    /// <exception cref="FileNotFoundException">Neither a file nor a folder with audio in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path} is neither a file nor a folder");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(f => ContentType(f) is not null).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new FileNotFoundException($"{path} holds no audio file ({string.Join(' ', ContentTypes.Keys)})");
    }
}
