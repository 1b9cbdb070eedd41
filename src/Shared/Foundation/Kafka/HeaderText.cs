using System.Text;
using System.Text.Json;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Names and values of headers as clients write them. A name is the same in other case and with other separators (<c>contentType</c> of
/// Spring Cloud Stream). A value loses blanks, NULs, and the quotation marks of a mapper that writes JSON (Spring Kafka); bytes that are
/// not UTF-8 become U+FFFD.
/// </summary>
static class HeaderText
{
    static readonly char[] Blanks = [' ', '\t', '\r', '\n', '\0', '\uFEFF'];

    public static bool IsNamed(string? header, string name) =>
        header is not null && (header == name || Letters(header).Equals(Letters(name), StringComparison.OrdinalIgnoreCase));

    /// <summary>As <see cref="IsNamed"/>, behind any prefix: an extension attribute of CloudEvents is <c>ce_trainoptout</c>.</summary>
    public static bool EndsWith(string? header, string name) =>
        header is not null && Letters(header).EndsWith(Letters(name), StringComparison.OrdinalIgnoreCase);

    const int MaxQuotes = 4; // around one another

    public static string Of(byte[]? value)
    {
        var text = Encoding.UTF8.GetString(value ?? []).Trim(Blanks);
        for (var layer = 0; layer < MaxQuotes && text is (['"', .., '"'] or ['\'', .., '\'']); layer++)
            text = Unquoted(text).Trim(Blanks);
        return text;
    }

    /// <summary>Null: neither.</summary>
    public static bool? YesOrNo(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "y" or "t" or "on" => true,
        "false" or "0" or "no" or "n" or "f" or "off" => false,
        _ => null,
    };

    static string Letters(string name) =>
        name.AsSpan().ContainsAny('-', '_') ? string.Concat(name.Split('-', '_')) : name;

    static string Unquoted(string text)
    {
        try
        {
            return text[0] == '"' && text.Contains('\\') ? JsonSerializer.Deserialize<string>(text)! : text[1..^1];
        }
        catch (JsonException)
        {
            return text[1..^1];
        }
    }
}
