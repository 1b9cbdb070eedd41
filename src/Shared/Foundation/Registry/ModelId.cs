using System.Globalization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// A recognizer as requests name it: <c>ssl</c> (the champion), <c>ssl@candidate</c> (or another alias), <c>ssl@17</c>; of a line named
/// <c>german</c> <c>ssl-german</c>, <c>ssl-german@candidate</c>, <c>ssl-german@17</c>.
/// </summary>
/// <param name="Line">Recognizers that follow each other as champions, e.g. all of one labelled set.</param>
/// <param name="Alias">Null when a number is named.</param>
public readonly record struct ModelId(string Line, string? Alias, int Number)
{
    public const string Name = "ssl";
    public const string DefaultLine = Name;
    public const string Champion = "champion";
    public const string Candidate = "candidate";
    public const string Previous = "previous";
    /// <summary>Alias of a champion that the gate may not move.</summary>
    public const string Pin = "pin";

    /// <summary>
    /// Alias of a version that live audio spoke against, while it served or in the champion's shadow before: <c>withdrawn/17</c>, in no
    /// line, as numbers are common to all. Its entry says why. The gate cannot promote it, and it is no fallback.
    /// </summary>
    public static string WithdrawnKey(int number) => WithdrawnPrefix + number.ToString(CultureInfo.InvariantCulture);
    internal const string WithdrawnPrefix = "withdrawn/";

    /// <summary>Key of the alias in the registry; null when a number is named.</summary>
    public string? AliasKey => Alias is null ? null : KeyOf(Line, Alias);

    /// <summary><c>champion</c> of the default line, <c>german/champion</c> of another.</summary>
    public static string KeyOf(string line, string alias) => line == DefaultLine ? alias : $"{line}/{alias}";
    public static string Of(int number, string line = DefaultLine) => $"{NameOf(line)}@{number}";
    /// <summary>What a line's champion is asked for by.</summary>
    public static string NameOf(string line) => line == DefaultLine ? Name : $"{Name}-{line}";

    public static ModelId? Parse(string text)
    {
        var at = text.IndexOf('@');
        if (LineOf(at < 0 ? text : text[..at]) is not { } line)
            return null;
        if (at < 0)
            return new ModelId(line, Champion, 0);
        var version = text[(at + 1)..];
        if (version is Champion or Candidate or Previous)
            return new ModelId(line, version, 0);
        // One spelling a version: no sign, no space, no leading zero.
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && version[0] != '0'
            ? new ModelId(line, null, number)
            : null;
    }

    /// <summary>
    /// Whether a line other than the default one may have this name: lower-case letters, digits, hyphens; not that of a key.
    /// </summary>
    public static bool IsLineName(string line) =>
        line is not ("" or DefaultLine or "withdrawn") && line.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    static string? LineOf(string name)
    {
        if (name == Name)
            return DefaultLine;
        var line = name.StartsWith(Name + "-", StringComparison.Ordinal) ? name[(Name.Length + 1)..] : "";
        return IsLineName(line) ? line : null;
    }
}
