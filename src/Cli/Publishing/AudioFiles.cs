namespace Ssl.Cli.Publishing;

/// <summary>Which files are audio, and their content type on <c>audio.raw</c>.</summary>
static class AudioFiles
{
    /// <summary>By extension; null: the receiver recognises the file by its first bytes.</summary>
    static readonly Dictionary<string, string?> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".wav"] = "audio/wav",
        [".flac"] = "audio/flac",
        [".ogg"] = "audio/ogg",
        [".oga"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".mp3"] = "audio/mpeg",
        [".ul"] = "audio/PCMU",
        [".ulaw"] = "audio/PCMU",
        [".al"] = "audio/PCMA",
        [".alaw"] = "audio/PCMA",
        [".aif"] = null,
        [".aiff"] = null,
        [".au"] = null,
        [".caf"] = null,
        [".m4a"] = null,
        [".mp4"] = null,
        [".mov"] = null,
        [".3gp"] = null,
        [".webm"] = null,
        [".mka"] = null,
        [".mkv"] = null,
        [".aac"] = null,
        [".amr"] = null,
        [".wma"] = null,
        [".ac3"] = null,
    };

    /// <summary>The content type by the file's extension; null: the receiver recognises it by its first bytes.</summary>
    public static string? ContentType(string path) => ContentTypes.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>The file itself, or every audio file below a folder in ordinal order.</summary>
    /// <exception cref="FileNotFoundException">Neither a file nor a folder with audio in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path} is neither a file nor a folder");
        var files = Directory.GetFiles(path, "*", SearchOption.AllDirectories).Where(f => ContentTypes.ContainsKey(Path.GetExtension(f)));
        return files.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } audio
            ? audio
            : throw new FileNotFoundException($"{path} holds no audio file ({string.Join(' ', ContentTypes.Keys)})");
    }
}
