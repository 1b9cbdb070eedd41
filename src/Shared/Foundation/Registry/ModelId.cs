namespace Ssl.Shared.Foundation.Registry;

/// <summary>What a request may ask for: <c>ssl</c> (the champion), <c>ssl@candidate</c> (or another alias), <c>ssl@17</c>.</summary>
/// <param name="Alias">Null when a number is named.</param>
public readonly record struct ModelId(string? Alias, int Number)
{
    public const string Name = "ssl";
    public const string Champion = "champion";
    public const string Candidate = "candidate";
    public const string Previous = "previous";

    public static string Of(int number) => $"{Name}@{number}";

    public static ModelId? Parse(string text)
    {
        if (text == Name)
            return new ModelId(Champion, 0);
        if (!text.StartsWith(Name + "@", StringComparison.Ordinal))
            return null;
        var version = text[(Name.Length + 1)..];
        if (version is Champion or Candidate or Previous)
            return new ModelId(version, 0);
        // One spelling a version: no sign, no space, no leading zero.
        return int.TryParse(version, out var number) && number > 0 && version == number.ToString() ? new ModelId(null, number) : null;
    }
}
