namespace Ssl.TestKit;

/// <summary>Names that would lead out of a folder if they became a part of a path (after OWASP's list of path traversals).</summary>
public static class Traversals
{
    /// <summary>What a file outside holds that a test has put there.</summary>
    public const string Secret = "nobody-may-read-this";

    static readonly string[] Up =
        ["..", "...", "....", ". .", ".. ", "..;", "%2e%2e", "%2E.", "%252e%252e", "%c0%ae%c0%ae", "\uFF0E\uFF0E", "..\0"];
    static readonly string[] Separators = ["/", "\\", "//", "/./", "%2f", "%5c", "%252f", "%c0%af", "\u2215", "\uFF0F", "\t/", "\n/"];
    static readonly string[] Targets = ["secret.txt", "etc/passwd", "registry/aliases.json", "windows\\win.ini"];

    /// <summary>At least 300, each another.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Relative().Concat(Absolute()).Concat(Odd()).Distinct()];

    static IEnumerable<string> Relative() =>
        from up in Up
        from separator in Separators
        from deep in new[] { 1, 3 }
        select string.Concat(Enumerable.Repeat(up + separator, deep)) + Targets[(up.Length + separator.Length + deep) % Targets.Length];

    static IEnumerable<string> Absolute() =>
        from root in new[] { "/", "//", "\\", "\\\\host\\share\\", "C:\\", "C:/", "file:///", "~/", "%2f", "/proc/self/root/", "//?/C:/" }
        from target in Targets
        select root + target;

    static IEnumerable<string> Odd() =>
    [
        ".", "..", "./", "../", "/", "\\", "\0", "\0.wav", "a/../../b", "a/./b", "a\0/../b", "..\u200B/", "\u202E/..",
        "model.safetensors/..",
        "ssl@../1", "ssl@1/../2", "ssl-../german", "ssl-german/../ssl", "encoder@../1", "encoder@1/..", "aliases.json/..", ".lock/", "...",
        "CON:",
        "aux:.wav", "a:stream", "champion/../pin", "german/champion", "withdrawn/1", "$(touch x)/", "`touch x`/", "|touch x/",
        "%00/", "%2e%2e%2f", "..%00/", "..%0a/", "\r\n/..", "a\u2028/b", new string('/', 300), string.Concat(Enumerable.Repeat("../", 300)),
    ];
}
