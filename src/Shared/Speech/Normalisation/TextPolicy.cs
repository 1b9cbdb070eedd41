using System.Globalization;
using System.Text;

namespace Ssl.Shared.Speech.Normalisation;

/// <summary>
/// How written text becomes the text that is trained on, transcribed and compared: Unicode NFC, letters with their marks, digits,
/// apostrophes, single spaces; case and punctuation as chosen. Applying it twice changes nothing.
/// </summary>
public sealed record TextPolicy(LetterCase Case = LetterCase.Lower, Punctuation Punctuation = Punctuation.Drop)
{
    const string NonJoiner = "\u200C", Joiner = "\u200D", ZeroWidthSpace = "\u200B", GraphemeJoiner = "\u034F";
    const string MiddleDot = "\u00B7", Gershayim = "\u05F4";

    /// <summary>
    /// Written as <c>'</c> wherever they stand: modifier letters, typographic and full-width apostrophe, Armenian, geresh.
    /// </summary>
    const string Apostrophes = "'\u2019\uFF07\u02BC\u02BB\u055A\u05F3";

    /// <summary>Written as <c>'</c> after a letter (Uzbek o‘, g‘); elsewhere they are quotation marks.</summary>
    const string ApostrophesAfterLetters = "\u2018\u201B";

    /// <summary>Written as <c>'</c> between letters.</summary>
    const string ApostrophesBetweenLetters = "`\u00B4";

    /// <summary>The policy that tokens were made with, as far as they show it.</summary>
    /// <param name="tokens">Of a vocabulary; only those of one code point count.</param>
    public static TextPolicy Of(IEnumerable<string> tokens)
    {
        var runes = tokens.Select(t => t.EnumerateRunes().ToArray()).Where(t => t.Length == 1).Select(t => t[0]).ToArray();
        var (upper, lower) = (runes.Any(Rune.IsUpper), runes.Any(Rune.IsLower));
        return new TextPolicy(
            upper ? lower ? LetterCase.Keep : LetterCase.Upper : LetterCase.Lower,
            runes.Any(r => IsSign(r) && !IsIn(r, Apostrophes + MiddleDot + Gershayim)) ? Punctuation.Keep : Punctuation.Drop);
    }

    /// <param name="text">Any text; a lone surrogate counts as a space.</param>
    public string Apply(string text)
    {
        var whole = string.Concat(text.EnumerateRunes().Where(r => !IsIgnored(r))); // lone surrogates have become U+FFFD
        var composed = whole.Normalize(NormalizationForm.FormC)
            .Replace("\u0140", "l" + MiddleDot, StringComparison.Ordinal).Replace("\u013F", "L" + MiddleDot, StringComparison.Ordinal);
        var runes = composed.EnumerateRunes().ToArray();
        var written = new StringBuilder(text.Length);
        for (var i = 0; i < runes.Length; i++)
        {
            var word = Written(runes[i], i > 0 ? runes[i - 1] : default, i + 1 < runes.Length ? runes[i + 1] : default);
            if (word != " " || (written.Length > 0 && written[^1] != ' '))
                written.Append(word);
        }
        return written.ToString().TrimEnd(' ');
    }

    /// <returns>What a code point becomes between its neighbours; a space: it parts words; nothing: it is left out.</returns>
    string Written(Rune rune, Rune before, Rune after)
    {
        var (follows, between) = (IsWord(before), IsWord(before) && IsWord(after));
        if (IsIn(rune, Apostrophes) || (follows && IsIn(rune, ApostrophesAfterLetters))
            || (between && IsIn(rune, ApostrophesBetweenLetters)))
            return "'";
        if (IsWord(rune))
            return InCase(rune);
        if (IsIn(rune, Joiner + NonJoiner)) // a joiner also ends a word, after a virama (Malayalam)
            return between || (follows && IsIn(rune, Joiner) && !Rune.IsLetterOrDigit(before)) ? rune.ToString() : "";
        if (between && IsIn(rune, "\u00B7\u2027"))
            return MiddleDot;
        if (between && (IsIn(rune, Gershayim) || (rune.Value == '"' && IsHebrew(before) && IsHebrew(after))))
            return Gershayim;
        return Punctuation == Punctuation.Keep && IsSign(rune) && rune != Rune.ReplacementChar && rune.Value != '|' ? rune.ToString() : " ";
    }

    string InCase(Rune rune) => (Case, rune.Value) switch
    {
        (LetterCase.Lower, '\u0130') => "i", // the dotted capital I of Turkish has no lower case of its own in the invariant culture
        (LetterCase.Lower, _) => Rune.ToLowerInvariant(rune).ToString(),
        (LetterCase.Upper, _) => Rune.ToUpperInvariant(rune).ToString(),
        _ => rune.ToString(),
    };

    /// <summary>Invisible signs of layout: soft hyphen, directions, byte order mark, variation selectors.</summary>
    static bool IsIgnored(Rune rune) => IsIn(rune, GraphemeJoiner) || rune.Value is >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF
        || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && !IsIn(rune, Joiner + NonJoiner + ZeroWidthSpace));

    static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    static bool IsSign(Rune rune) => Rune.IsPunctuation(rune) || Rune.IsSymbol(rune);

    static bool IsHebrew(Rune rune) => rune.Value is >= 0x05D0 and <= 0x05EA;

    static bool IsIn(Rune rune, string set) => rune.IsBmp && set.Contains((char)rune.Value, StringComparison.Ordinal);
}
